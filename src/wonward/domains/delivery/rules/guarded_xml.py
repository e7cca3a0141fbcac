"""Reading XML that strangers wrote: no document type, no entities, bounded in size, depth and number of elements."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

LARGEST_BYTES = 60_000_000
DEEPEST = 40
MOST_ELEMENTS = 2_000_000
LONGEST_TEXT = 200_000


def read_tree(content: bytes) -> Element:
    """The root element, tags without their namespace. Refused when it is no XML, or XML that could do harm."""
    if len(content) > LARGEST_BYTES:
        raise _refused(worded("The file is larger than {largest_bytes} MB.", largest_bytes=LARGEST_BYTES // 1000000), "size")
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        raise _refused("This is not an XML file.", "xml")
    reader = _Reader()
    try:
        return reader.read(content)
    except (ExpatError, UnicodeError, LookupError, ValueError) as error:
        raise _refused(worded("The XML cannot be read: {error}.", error=error), "xml") from None


def _refused(message: str, code: str) -> Refused:
    return Refused.field("file", message, code)


class _Reader:
    """A parser that builds plain elements and stops at the first thing a plan has no use for."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.depth = 0
        self.count = 0
        self.length = 0

    def read(self, content: bytes) -> Element:
        parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._no_type
        parser.EntityDeclHandler = self._no_entity
        parser.ExternalEntityRefHandler = self._no_reference
        parser.Parse(content, True)
        return self.builder.close()

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count += 1
        self.length = 0
        if self.depth > DEEPEST:
            raise _refused(worded("The elements of the file lie more than {deepest} deep.", deepest=DEEPEST), "depth")
        if self.count > MOST_ELEMENTS:
            raise _refused(worded("The file holds more than {most_elements} elements.", most_elements=MOST_ELEMENTS), "size")
        self.builder.start(name.rpartition(" ")[2], {})

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(name.rpartition(" ")[2])

    def _text(self, data: str) -> None:
        self.length += len(data)
        if self.length <= LONGEST_TEXT:
            self.builder.data(data)

    def _no_type(self, *_: object) -> None:
        raise _refused("The file declares a document type; a project file has none.", "doctype")

    def _no_entity(self, *_: object) -> None:
        raise _refused("The file declares entities; a project file has none.", "entity")

    def _no_reference(self, *_: object) -> bool:
        raise _refused("The file refers to another file; a project file does not.", "entity")
