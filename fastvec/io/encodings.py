"""Which encoding some bytes of text may be in, for messages."""

from __future__ import annotations

import codecs

_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ"
_KANA = "のにをはがとでたしいるなもかてらあこれすんりまさくきけつそうよっ、。ーンスルトイクラア"
_CHINESE = (
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着"
    "去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主"
    "行方又如前所本见经头面公同三已老从动两长"
)
_TRADITIONAL = (
    "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著"
    "去之過家學對可她裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主"
    "行方又如前所本見經頭面公同三已老從動兩長"
)
#: encodings that texts are still found in, and characters that are frequent in them, of those that
#: are not ASCII
_FREQUENT = {
    "cp1252": "éèêëàâäáãåæçíîïñóôöòõøœúùûüßÉÈÀÂÄÅÆÇÑÓÖØÜ’‘“”–—…«»°£€§",
    "cp1250": "ąćęłńóśźżčďěňřšťůýžáéíőűăâîșțşţúöüäëĄĆĘŁŃŚŹŻČŘŠŽ„”–—",
    "cp1251": _CYRILLIC + "ё«»–—№“”",
    "koi8-r": _CYRILLIC + "ё",
    "cp1253": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΤΟΗΕΠΚΜΣ",
    "cp1255": "אבגדהוזחטיכלמנסעפצקרשתםןץףך",
    "cp1256": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإ،",
    "shift_jis": _KANA,
    "euc_jp": _KANA,
    "euc_kr": "이다는의가을를에고은한지로하도기그사대나서시자인어리아부정일라수보해",
    "gb18030": _CHINESE + "，。、“”：；？！（）",
    "big5": _TRADITIONAL + "，。、「」：；？！（）",
}
#: the share of these characters from which on a guess is made
_LIKELY = {"gb18030": 0.25, "big5": 0.25, "euc_kr": 0.25, "shift_jis": 0.4, "euc_jp": 0.4}


LATIN = ("cp1252", "cp1250")  # encodings in which most letters are ASCII
FEWEST = 4  # letters of another script, from which on it is recognised


def guess_encoding(data: bytes) -> str | None:
    """The likely encoding of a piece of text that is not UTF-8; None if nothing speaks for any.

    >>> guess_encoding("Le café où elle a déjà été".encode("cp1252"))
    'cp1252'
    >>> guess_encoding(b"good bad \\xff") is None
    True
    """
    found = {encoding: _evidence(data, encoding) for encoding in _FREQUENT}
    best = max(found, key=lambda encoding: found[encoding])
    return best if found[best] >= 1 else None


def _evidence(data: bytes, encoding: str) -> float:
    """How much of the text is as expected, as a multiple of what a guess needs."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data)  # its end may be cut
    except UnicodeError:
        return 0.0
    others = [letter for letter in text if letter > "\x7f"]
    plain = sum(letter.isascii() and letter.isalpha() for letter in text)
    is_latin = encoding in LATIN
    if not others or (len(others) < plain) != is_latin or (not is_latin and len(others) < FEWEST):
        return 0.0
    frequent = set(_FREQUENT[encoding])
    share = sum(letter in frequent for letter in others) / len(others)
    return share / _LIKELY.get(encoding, 0.7)


def is_binary(data: bytes) -> bool:
    """Whether some bytes are no text in any encoding that uses single bytes for ASCII.

    >>> is_binary(bytes(range(32))), is_binary(b"caf\\xe9")
    (True, False)
    """
    controls = sum(byte < 9 or 13 < byte < 32 or byte == 127 for byte in data)
    return controls * 20 > len(data)
