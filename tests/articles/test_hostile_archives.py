import io
import stat
import struct
import warnings
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles import import_files
from articles.importing import ImportRefused, read_source


def archive_of(path, *entries):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile warns of the double we want
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries:
                archive.writestr(name, content)
    return path


def entry(name, mode):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def test_an_ordinary_archive_is_read(tmp_path):
    path = archive_of(tmp_path / "a.zip", ("site/docs/pay/a.md", "# A"), ("site/docs/pay/", ""))
    (article,) = read_source(path).articles
    assert article.front_matter.category == "pay"


@pytest.mark.parametrize(
    "name",
    [
        "../a.md",
        "a/../../b.md",
        "/etc/a.md",
        "C:/a.md",
        "a\\..\\b.md",
        "./a.md",
        "a//b.md",
        "a\nb.md",
        "x" * 600,
    ],
)
def test_paths_that_lead_elsewhere_refuse_the_whole(tmp_path, name):
    path = archive_of(tmp_path / "a.zip", ("good.md", "# Good"), (name, "# Bad"))
    with pytest.raises(ImportRefused):
        read_source(path)


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644, stat.S_IFCHR | 0o644])
def test_links_and_devices_refuse_the_whole(tmp_path, mode):
    path = archive_of(
        tmp_path / "a.zip", ("good.md", "# Good"), (entry("b.md", mode), "/etc/passwd")
    )
    with pytest.raises(ImportRefused):
        read_source(path)


def test_the_same_name_twice_refuses_the_whole(tmp_path):
    path = archive_of(tmp_path / "a.zip", ("a.md", "# A"), ("a.md", "# B"))
    with pytest.raises(ImportRefused, match="twice"):
        read_source(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = archive_of(tmp_path / "a.zip", ("a.md", b"\x00" * 15_000_000))
    with pytest.raises(ImportRefused, match="times its size"):
        read_source(path)


def test_too_many_files_are_refused(tmp_path):
    path = archive_of(
        tmp_path / "a.zip", *((f"{n}.txt", "") for n in range(import_files.MAX_FILES + 1))
    )
    with pytest.raises(ImportRefused, match="files"):
        read_source(path)


def test_an_archive_that_promises_more_than_is_allowed_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    archive_of(path, *((f"{n}.md", "# A") for n in range(200)))
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", content, at + 24, 4_000_000)
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)
    with pytest.raises(ImportRefused):
        read_source(path)


def test_an_entry_that_lies_about_its_size_is_refused_alone(tmp_path):
    path = archive_of(tmp_path / "a.zip", ("a.md", "# A" + " word" * 100), ("b.md", "# B"))
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    path.write_bytes(content)
    plan = read_source(path)
    assert [article.source_path for article in plan.articles] == ["b.md"]
    assert [refusal.path for refusal in plan.refused] == ["a.md"]


def test_entries_that_share_their_bytes_are_refused(tmp_path):
    path = archive_of(tmp_path / "a.zip", ("a.md", "# A"), ("b.md", "# B"))
    content = bytearray(path.read_bytes())
    first = content.find(b"PK\x01\x02")
    second = content.find(b"PK\x01\x02", first + 4)
    struct.pack_into("<I", content, second + 42, 0)
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match="overlap"):
        read_source(path)


def test_a_locked_archive_is_refused(tmp_path):
    path = archive_of(tmp_path / "a.zip", ("a.md", "# A"))
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match="password"):
        read_source(path)


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"not a zip")
    with pytest.raises(ImportRefused):
        read_source(path)


def whole_archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("en/pay/a.md", "---\ntitle: A\n---\n\n[b](b.md) ![i](i.png)\n")
        archive.writestr("en/pay/b.md", "# B\n\ntext " * 20)
        archive.writestr("en/pay/i.png", b"\x89PNG\r\n\x1a\n")
    return buffer.getvalue()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, len(whole_archive()) - 1), st.integers(0, 255)), max_size=6)
)
def test_a_damaged_archive_is_read_in_part_or_refused(tmp_path, changes):
    content = bytearray(whole_archive())
    for position, value in changes:
        content[position] = value
    path = tmp_path / "damaged.zip"
    path.write_bytes(content)
    try:
        plan = read_source(path)
    except ImportRefused:
        return
    assert len(plan.articles) <= 2
