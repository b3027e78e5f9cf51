"""The endpoint that the product is measured against: Flask, JSON in, JSON of like size out."""

from flask import Flask, Response, jsonify, request

app = Flask(__name__)
_EXCERPT = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod " * 3


@app.post("/api/v1/suggestions")
def suggestions() -> Response:
    """The same five suggestions for every draft."""
    asked = request.get_json()
    return jsonify(
        attempt=asked.get("attempt") or "A" * 43,
        suggestions=[
            {
                "article": {
                    "slug": f"article-{number:07d}",
                    "title": "Lorem ipsum dolor sit amet consectetur",
                    "locale": "en",
                    "url": f"http://127.0.0.1:8000/en/articles/article-{number:07d}",
                },
                "section": {"title": "Sed do eiusmod tempor", "anchor": "part-1"},
                "excerpt": _EXCERPT,
                "confidence": 0.654321,
                "terms": ["lorem", "ipsum", "dolor"],
            }
            for number in range(5)
        ],
    )
