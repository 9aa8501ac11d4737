// From a text to what is trained: words, the Huffman tree, and the steps of an epoch.

/** The sentences of a text, one on each line; words are letters, digits and marks, in lower case. */
function sentencesOf(text) {
  const words = (line) => line.normalize("NFC").toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return text.split(/\r\n?|\n/).map(words).filter((sentence) => sentence.length);
}

/** The words, the most frequent ones first, with their counts; the sentences as ids of them. */
function vocabularyOf(sentences) {
  const counted = new Map();
  for (const word of sentences.flat()) counted.set(word, (counted.get(word) ?? 0) + 1);
  const order = [...counted.keys()];
  const words = [...order].sort((one, other) => counted.get(other) - counted.get(one));
  const id = new Map(words.map((word, i) => [word, i]));
  return {
    words,
    counts: words.map((word) => counted.get(word)),
    first: words.map((word) => order.indexOf(word)), // the places of their first occurrences
    ids: sentences.map((sentence) => sentence.map((word) => id.get(word))),
  };
}

/** The places in a sentence of the context of a place. */
function contextOf(sentence, place, { model, window }) {
  if (model === "one-word") return place > 0 ? [place - 1] : [];
  return range(sentence.length).filter((i) => i !== place && Math.abs(i - place) <= window);
}

/** What is predicted at a place, and from where: CBOW does it once for each word, skip-gram once
 *  for each word of its context. With the softmax, skip-gram goes from the word to its context, as
 *  in Mikolov's paper; else from the context to the word, as in word2vec.c. */
function predictionsAt(place, context, { model, loss }) {
  if (model !== "skip-gram") return context.length ? [{ place, places: context }] : [];
  return context.map((one) =>
    (loss === "softmax" ? { place: one, places: [place] } : { place, places: [one] }));
}

/** The steps of one epoch. */
function stepsOf(ids, options) {
  const steps = [];
  let done = 0; // words before this one, on which the learning rate depends
  ids.forEach((sentence, number) => sentence.forEach((_, centre) => {
    const context = contextOf(sentence, centre, options);
    for (const { place, places } of predictionsAt(centre, context, options)) {
      const inputs = places.map((one) => sentence[one]);
      steps.push({ sentence: number, place, context, places, inputs, target: sentence[place], done });
    }
    done++;
  }));
  return steps;
}

/** The depth of each word in the Huffman tree (fastvec/csrc/word2vec/huffman.h). */
function huffmanDepths(counts, first) {
  const depths = counts.map(() => 0);
  const nodes = counts.map((count, word) => ({ count, made: -1, first: first[word], words: [word] }));
  const lighter = (a, b) => a.count - b.count || a.made - b.made || b.first - a.first;
  for (let made = 0; nodes.length > 1; made++) {
    const [one, other] = nodes.sort(lighter).splice(0, 2);
    const words = [...one.words, ...other.words];
    for (const word of words) depths[word]++;
    nodes.push({ count: one.count + other.count, made, words });
  }
  return depths;
}

/** The tree of hierarchical softmax: at each depth, neighbours in the order of their first
 *  occurrence are siblings. Its inner nodes are rows of the output weights; the root is row 0.
 *  children: of each row, [left, right], as { row } or { word }; paths: of each word, from the
 *  root on, the rows and the bits of its code, 0 for left. */
function huffmanTree(counts, first) {
  const depths = huffmanDepths(counts, first), last = counts.length - 2;
  const children = [];
  let above = [], made = 0;
  for (let depth = Math.max(...depths); depth > 0; depth--) {
    const leaves = range(counts.length).filter((word) => depths[word] === depth)
      .map((word) => ({ first: first[word], child: { word } }));
    const level = [...above, ...leaves].sort((one, other) => one.first - other.first);
    above = [];
    for (let i = level.length - 1; i > 0; i -= 2) {
      const row = last - made++;
      children[row] = [level[i - 1].child, level[i].child];
      above.push({ first: level[i - 1].first, child: { row } });
    }
  }
  const paths = [];
  const follow = (row, rows, code) => children[row].forEach((child, bit) => {
    const path = { rows: [...rows, row], code: [...code, bit] };
    if ("word" in child) paths[child.word] = path;
    else follow(child.row, path.rows, path.code);
  });
  follow(0, [], []);
  return { children, paths };
}
