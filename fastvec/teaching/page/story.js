// What a step did, in words.

const quoted = (word) => el("b", {}, bdi(word));
const MOST_NAMED = 2; // words that were pushed away

const REACH = 12; // words of a long sentence that are shown on each side

/** The sentence that is trained on, with its window. */
function sentenceOf(training, { task }) {
  const words = training.sentences[task.sentence];
  const kindOf = (place) => (place === task.place ? "predicted" : task.places.includes(place) ? "input"
    : task.context.includes(place) ? "context" : null);
  const near = range(words.length).filter((place) => Math.abs(place - task.place) <= REACH);
  const shown = near.flatMap((place) => [el("span", { class: kindOf(place) }, bdi(words[place])), " "]);
  return [near[0] > 0 ? "… " : "", ...shown, near.at(-1) < words.length - 1 ? "…" : ""];
}

/** The hidden layer of a step, in words. */
function readOf(training, { inputs }) {
  const names = [...new Set(inputs)].map((word) => quoted(training.words[word]));
  return inputs.length === 1 ? names : ["the mean of ", ...listed(names)];
}

/** "rose from 5 % to 7 %" */
function changed(before, after) {
  const digits = percent(before) === percent(after) ? 2 : 1;
  const [one, other] = [percent(before, digits), percent(after, digits)];
  if (one === other) return `stayed at ${one}`;
  return `${after > before ? "rose" : "fell"} from ${one} to ${other}`;
}

/** What the last step did; before the first one, what it will do. */
function toldOf(training, moment) {
  const { task, before, after } = moment;
  const target = quoted(training.words[task.target]);
  if (!after) {
    return [`The first step will predict `, target, " from ", ...readOf(training, task),
      ". All words are equally likely so far, since all output vectors are 0."];
  }
  return [...MOVES[training.options.loss](training, moment), ...chanceOf(training, moment, before, after)];
}

function chanceOf(training, { task }, before, after) {
  const target = quoted(training.words[task.target]), i = task.target;
  const change = ` ${changed(before.words[i], after.words[i])}.`;
  if (training.options.loss !== "ns") return [" The probability of ", target, change];
  return [" The probability that ", target, " is real, and no noise,", change];
}

const still = ({ old, task }, training) => task.inputs.every((word) =>
  training.row(training.vectors, word).every((x, d) => x === old[word * training.size + d]));

/** "drink was pulled towards juice and pushed away from milk and apple"; while all output vectors
 *  that count are still 0, only these have moved. */
function pulled(training, moment, away) {
  const read = readOf(training, moment.task), target = quoted(training.words[moment.task.target]);
  const pushed = away.length ? [" and pushed away from ", ...away] : [];
  if (still(moment, training)) {
    return ["The output vector of ", target, " was pulled towards ", ...read, pushed.length ? ", and others were pushed away" : "",
      "; ", ...readOf(training, moment.task), " did not move yet, since these output vectors were 0."];
  }
  const was = moment.task.inputs.length === 1 ? " was" : ", and with it each of these words, was";
  return [...capital(read), was, " pulled towards ", target, ...pushed, "."];
}

const capital = ([first, ...rest]) =>
  [typeof first === "string" ? first[0].toUpperCase() + first.slice(1) : first, ...rest];

const MOVES = {
  softmax(training, moment) {
    const { before, task } = moment;
    const chance = (word) => before.words[word];
    const others = range(training.words.length).filter((word) => word !== task.target)
      .sort((one, other) => chance(other) - chance(one));
    const named = others.slice(0, MOST_NAMED).filter((word) => chance(word) >= chance(others[0]) / 2);
    const names = listed(named.map((word) => quoted(training.words[word])));
    return pulled(training, moment, named.length < others.length ? ["all others, most from ", ...names] : names);
  },
  ns(training, moment) {
    const noise = [...new Set(moment.task.rows.slice(1))].map((word) => quoted(training.words[word]));
    const told = pulled(training, moment, noise.length ? ["the noise: ", ...listed(noise)] : []);
    return noise.length ? told : [...told, " All noise words that were drawn are the word itself, and were left out."];
  },
  hs(training, moment) {
    const { task: { labels }, before, after } = moment;
    const turns = labels.map((label, k) => {
      const right = (look) => (label ? look.probabilities[k] : 1 - look.probabilities[k]);
      return `${label ? "left" : "right"} (${percent(right(before))} → ${percent(right(after))})`;
    });
    return ["From the root of the tree, ", ...readOf(training, moment.task), " is to go ", ...listed(turns),
      ", to reach ", quoted(training.words[moment.task.target]), "."];
  },
};
