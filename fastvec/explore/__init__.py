"""The page of ``fastvec explore``: vectors to look at in a browser, served on this machine only."""
