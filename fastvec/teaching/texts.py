"""Texts that are small enough to be watched, and regular enough to be learned."""

TEXTS = {
    "food and drink": """\
we drink milk cold
you drink milk cold
we drink juice cold
you drink juice cold
we drink water cold
you drink water cold
we eat bread warm
you eat bread warm
we eat rice warm
you eat rice warm
we eat soup warm
you eat soup warm""",
    "who does what": """\
the king rules the land
the queen rules the land
the farmer works the land
the king wears a crown
the queen wears a crown
the farmer wears a hat
a man may become a king
a woman may become a queen
a man may become a farmer
a woman may become a farmer""",
    "capitals": """\
paris is in france
lyon is in france
rome is in italy
milan is in italy
paris is the capital of france
rome is the capital of italy
tokyo is the capital of japan
kyoto is in japan
tokyo is in japan""",
}
DEFAULT = TEXTS["food and drink"]
