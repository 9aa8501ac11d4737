# make fuzz [TIME=600]: hostile input for the text reader and the corpus files, under
# AddressSanitizer and UndefinedBehaviorSanitizer, for so many seconds
TIME ?= 600

.PHONY: fuzz
fuzz:
	tests/fuzz/fuzz.sh $(TIME)
