"""What strangers send."""

import json

from hypothesis import strategies as st

text = st.text(max_size=40)
big = st.sampled_from([0, -1, 1, 2**31, 2**53 + 1, 2**63, -(2**64), 10**30, 10**300])
numbers = st.one_of(st.integers(), big, st.floats())
scalars = st.one_of(st.none(), st.booleans(), numbers, text, st.sampled_from(["", "\x00", "\ud800", "\u2028", "你"]))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(text, inner, max_size=4)),
    max_leaves=12,
)
# Depths that one reader bears and another does not.
deep = st.sampled_from(["[" * 90 + "]" * 90, "[" * 950 + "]" * 950, "[" * 50_000, '{"a":' * 900 + "1" + "}" * 900])


def as_json(value):
    """JSON text as a careless client writes it: NaN, infinities and lone surrogates included."""
    return json.dumps(value).encode()


documents = st.one_of(
    values.map(as_json), st.binary(max_size=60), deep.map(str.encode),
    st.sampled_from([b"", b"NaN", b"1e999", b'"\\ud800"', b"\xff", b'"\xff"',
                     b'{"\xff":1}', b"9" * 5000, b'{"a":1,"a":2}', b"\xef\xbb\xbf{}"]),
)  # fmt: skip


def object_of(fields, inner=values):
    """Objects with some of these fields, and perhaps one that nobody knows."""
    return st.dictionaries(st.one_of(st.sampled_from(sorted(fields)), text), inner, max_size=5)
