"""Maps: words as points in two or three dimensions, in named clusters."""
