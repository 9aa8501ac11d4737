# Tokens that come from Python: all strings, or all integers.

from cpython.number cimport PyIndex_Check


cdef enum token_kind:
    NO_TOKENS, STRINGS, INTEGERS


def bad_token(str got):
    """The error about a token that is neither a string nor an integer, or unlike those before it.

    >>> bad_token("None")
    TypeError('tokens must be all strings or all integers, got None')
    """
    return TypeError(f"tokens must be all strings or all integers, got {got}")


cdef integer_of(token):
    """The Python integer that a token stands for: NumPy's integers too, or any index."""
    is_boolean = isinstance(token, bool) or getattr(token, "dtype", None) == "bool"
    if is_boolean or not PyIndex_Check(token):  # NumPy 1's booleans are indices
        raise bad_token(f"{token!r:.60}")
    try:
        return operator.index(token)
    except TypeError:  # an array, which would be an integer if it had one entry
        raise bad_token(f"{token!r:.60}") from None
