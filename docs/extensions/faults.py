"""What is wrong with a built site: links that lead nowhere, pictures without words."""

import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

_LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"')
_PLACE = re.compile(r'\s(?:id|name)="([^"]*)"')
_PICTURE = re.compile(r"<img\s[^>]*>|<svg\s[^>]*>")
_WORDS = re.compile(r'(?:alt|aria-label)="([^"]+)"')
_OUTSIDE = re.compile(r"[a-z][a-z+.-]*:")  # https: and mailto:
_FILE_NAME = re.compile(r"[\w/.-]+\.(png|svg|jpe?g|gif)")


def faults(folder: Path) -> list[str]:
    """Returns one sentence for each link that leads nowhere, and each picture without words."""
    pages = {path.resolve(): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    places = {path: set(_PLACE.findall(text)) for path, text in pages.items()}
    found = []
    for path, text in pages.items():
        name = path.relative_to(folder.resolve())
        for href in dict.fromkeys(_LINK.findall(text)):
            address, place = urldefrag(unquote(href).replace("&amp;", "&"))
            if _OUTSIDE.match(address):
                continue
            target = (path.parent / address.partition("?")[0]).resolve() if address else path
            if target in places:
                if place and place not in places[target]:
                    found.append(f"{name}: the link {href} leads to no place of its page")
            elif not target.is_file():
                found.append(f"{name}: the link {href} leads to no page")
        found += [f"{name}: {picture[:80]} has no words" for picture in _mute(text)]
    return found


def _mute(text: str) -> list[str]:
    """Returns the pictures without a text for those who do not see them."""
    shown = [tag for tag in _PICTURE.findall(text) if 'aria-hidden="true"' not in tag]
    return [tag for tag in shown if not (m := _WORDS.search(tag)) or _FILE_NAME.fullmatch(m[1])]
