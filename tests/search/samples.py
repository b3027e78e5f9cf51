"""A small invented help centre, in both languages, and tickets that its articles solved."""

from search.documents import CustomerWords, Document, Section

PUBLIC = frozenset({"public"})


def document(
    document_id: str,
    locale: str,
    title: str,
    *sections: tuple[str, str, str],
    summary: str = "",
    audience: str = "public",
    category: str = "general",
    tags: tuple[str, ...] = (),
) -> Document:
    return Document(
        id=document_id,
        locale=locale,
        slug=document_id,
        title=title,
        summary=summary,
        sections=tuple(Section(*section) for section in sections),
        tags=tags,
        category=category,
        audience=audience,
    )


HELP_CENTRE = (
    document(
        "bike-en", "en", "Book a bicycle for the weekend",
        ("choose", "Choose a bicycle", "Open the map, pick a station and press Reserve. The lock opens with the code on your phone."),
        ("return", "Return it late", "Each late hour costs two coins. Tell the station if the tyre is flat."),
        summary="How to reserve one of our bicycles.", category="bicycles", tags=("rental", "map"),
    ),
    document(
        "bike-es", "es", "Reservar una bicicleta para el fin de semana",
        ("elegir", "Elige una bicicleta", "Abre el mapa, elige una estación y pulsa Reservar. El candado se abre con el código del teléfono."),
        ("devolver", "Devolverla tarde", "Cada hora de retraso cuesta dos monedas. Avisa a la estación si la rueda está pinchada."),
        summary="Cómo reservar una de nuestras bicicletas.", category="bicycles", tags=("alquiler",),
    ),
    document(
        "invoice-en", "en", "Download an invoice",
        ("where", "Where invoices are", "Every invoice is in your account under Payments, as a PDF with our tax number."),
        ("wrong", "The company name is wrong", "Write the right company name in your profile and we issue the invoice again."),
        summary="Get the bill of a payment.", category="payments", tags=("billing",),
    ),
    document(
        "invoice-es", "es", "Descargar una factura",
        ("donde", "Dónde están las facturas", "Cada factura está en tu cuenta, en Pagos, como PDF con nuestro número fiscal."),
        summary="Consigue la factura de un pago.", category="payments", tags=("facturas",),
    ),
    document(
        "year-es", "es", "Abono de un año",
        ("precio", "Precio", "El abono dura un año y se renueva solo."),
        summary="Paga una vez al año.", category="payments",
    ),
    document(
        "lock-en", "en", "The lock shows error E-4410",
        ("jam", "The bolt is jammed", "Push the handlebar gently and enter the code again. Error E-4410 goes away."),
        category="bicycles",
    ),
    document(
        "staff-en", "en", "Override a lock with the zanzibar key",
        ("key", "The zanzibar key", "Only staff carry the zanzibar key that opens every bicycle lock."),
        audience="agents", category="bicycles",
    ),
)  # fmt: skip

TICKETS = (
    CustomerWords("invoice-en", "my accountant wants the paper thing for taxes", "en", "t1"),
    CustomerWords("invoice-en", "need the receipt document with VAT for my boss", "en", "t2"),
    CustomerWords("bike-en", "how can I hire two wheels on saturday", "en", "t3"),
    CustomerWords("invoice-es", "el gestor me pide el papelito de hacienda", "es", "t4"),
)
