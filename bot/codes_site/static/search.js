"use strict";
/* The search of the catalogue in the browser: the rules of `smsstatus explain`, over the index of search-data.js (CATALOGUE).
   Each function stands for the one of the same name in bot/codes; a test compares their answers. */

const ASCII = /^[\x00-\x7f]*$/;
const LETTERS = /^\p{L}+$/u;
const DIGITS = /^\p{Nd}+$/u;

// --- spellings: normalization.py, spelling_index.py ---------------------------------------------------------------------------

function normalizeCode(code) {
  if (/^[\x21-\x7e]*$/.test(code)) return code.toUpperCase();
  let normalized = code;
  for (let round = 0; round < 4; round += 1) {
    const shorter = normalized.normalize("NFKC").replace(/[\p{C}\p{Z}\s]/gu, "");
    const again = shorter.toUpperCase().normalize("NFKC");
    if (again === normalized) break;
    normalized = again;
  }
  return normalized;
}

const lettersAndDigits = (code) => normalizeCode(code).replace(/[^\p{L}\p{N}]/gu, "");
const withoutNamespace = (normalized) => normalized.replace(/^IS[VP]\./, "");
const codeClass = (normalized) => (normalized.includes(".") ? normalized.slice(0, normalized.indexOf(".")) : "");

/** How many characters two texts have in common, block by block: SequenceMatcher of Python's difflib, without junk. */
function matching(one, other) {
  const places = new Map();
  [...other].forEach((char, at) => places.set(char, [...(places.get(char) ?? []), at]));
  const left = [...one];
  const longest = (low, high, otherLow, otherHigh) => {
    let best = [low, otherLow, 0];
    let lengths = new Map();
    for (let at = low; at < high; at += 1) {
      const next = new Map();
      for (const place of places.get(left[at]) ?? []) {
        if (place < otherLow) continue;
        if (place >= otherHigh) break;
        const length = (lengths.get(place - 1) ?? 0) + 1;
        next.set(place, length);
        if (length > best[2]) best = [at - length + 1, place - length + 1, length];
      }
      lengths = next;
    }
    return best;
  };
  let total = 0;
  const waiting = [[0, left.length, 0, [...other].length]];
  while (waiting.length) {
    const [low, high, otherLow, otherHigh] = waiting.pop();
    const [at, place, length] = longest(low, high, otherLow, otherHigh);
    if (!length) continue;
    total += length;
    if (low < at && otherLow < place) waiting.push([low, at, otherLow, place]);
    if (at + length < high && place + length < otherHigh) waiting.push([at + length, high, place + length, otherHigh]);
  }
  return total;
}

/** The ratio of Python's difflib; 0 where it is below `least` for certain. */
function ratio(one, other, least) {
  const whole = one.length + other.length;
  if (!whole) return 1;
  if ((2 * Math.min(one.length, other.length)) / whole < least) return 0;
  return (2 * matching(one, other)) / whole;
}

function isOneTypo(one, other) {
  if (Math.abs(one.length - other.length) > 1 || one === other) return false;
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  const left = one.slice(start, one.length - end);
  const right = other.slice(start, other.length - end);
  if (!LETTERS.test(left + right)) return false;
  return Math.max(left.length, right.length) === 1 || (left.length === 2 && left === [...right].reverse().join(""));
}

class Spellings {
  constructor(codes, api, figures) {
    this.figures = figures;
    this.codes = new Set(codes);
    this.folded = new Map();
    for (const code of codes) {
      const normalized = normalizeCode(code);
      if (code === normalized || !this.folded.has(normalized)) this.folded.set(normalized, code);
    }
    this.business = new Map();
    for (const code of api) {
      const normalized = normalizeCode(code);
      const plain = withoutNamespace(normalized);
      for (const spelt of [plain, `ISV.${plain}`, `ISP.${plain}`]) {
        if (!this.folded.has(spelt) && !this.business.has(spelt)) this.business.set(spelt, this.folded.get(normalized));
      }
    }
    this.byLetters = new Map();
    for (const [normalized, code] of [...this.folded, ...this.business]) {
      const key = lettersAndDigits(normalized);
      const known = this.byLetters.get(key) ?? [];
      if (!known.includes(code)) this.byLetters.set(key, [...known, code]);
    }
  }

  published(text) {
    if (this.codes.has(text)) return text;
    const normalized = normalizeCode(text);
    return this.folded.get(normalized) ?? this.business.get(normalized) ?? null;
  }

  sameLetters(text) {
    const asked = lettersAndDigits(text);
    return DIGITS.test(asked) ? [] : this.byLetters.get(asked) ?? [];
  }

  typoOf(text) {
    const asked = lettersAndDigits(text);
    const least = this.figures.shortest_typo;
    if (asked.length < least) return null;
    const meant = new Set();
    for (const [known, codes] of this.byLetters) {
      if (known.length >= least && isOneTypo(asked, known)) codes.forEach((code) => meant.add(code));
    }
    return meant.size === 1 ? [...meant][0] : null;
  }

  similar(text, limit) {
    const normalized = normalizeCode(text).slice(0, this.figures.longest_guess);
    if (!normalized || DIGITS.test(lettersAndDigits(normalized))) return [];
    const alike = [];
    for (const key of this.folded.keys()) {
      const share = ratio(key, normalized, this.figures.alike);
      if (share >= this.figures.alike) alike.push([1 - share, key]);
    }
    alike.sort((one, other) => one[0] - other[0] || (one[1] < other[1] ? -1 : 1));
    return alike.slice(0, limit).map(([, key]) => this.folded.get(key));
  }
}

// --- words: search.py, query_names.py, other_channels.py ------------------------------------------------------------------------

class Words {
  constructor(data, families) {
    this.rules = data;
    this.names = data.names;
    this.families = families;
    this.noise = new Set(data.noise);
    this.filling = new Set(data.names.filling);
    this.known = new Set(data.names.words);
    this.same = new Map(Object.entries(data.names.same));
    const [traditional, simplified] = data.names.simplified.map((text) => [...text]);
    this.simplified = new Map(traditional.map((char, at) => [char, simplified[at]]));
    this.weights = new Map(Object.entries(data.weights).map(([word, flat]) => [word, pairs(flat)]));
    [this.others, this.ours] = data.other_channels.map((pattern) => new RegExp(pattern, "u"));
  }

  plain(text) {
    return [...text.normalize("NFKC").toLowerCase()].map((char) => this.simplified.get(char) ?? char).join("");
  }

  stem(word) {
    for (const ending of this.names.endings) {
      if (word.endsWith(ending) && word.length - ending.length >= this.names.shortest_stem) return word.slice(0, -ending.length);
    }
    return word;
  }

  tokens(text) {
    const found = [];
    for (const word of this.plain(text).match(/[a-z0-9]+|[\u3400-\u9fff]+/g) ?? []) {
      if (!ASCII.test(word)) {
        for (let at = 0; at < Math.max(1, word.length - 1); at += 1) found.push(word.slice(at, at + 2));
      } else if (!this.noise.has(word)) found.push(this.stem(word));
    }
    return found;
  }

  readable(text) {
    let plain = this.plain(text).replace(/['’]/g, "");
    for (const [one, other] of this.names.same_chinese) plain = plain.replaceAll(one, other);
    return (plain.match(/[a-z0-9]+|[\u3400-\u9fff]+/g) ?? [])
      .map((word) => this.same.get(word) ?? word)
      .filter((word) => !this.filling.has(word))
      .map((word) => (ASCII.test(word) ? this.stem(word) : word));
  }

  speltRight(token) {
    const { shortest_misspelt: shortest, alike, words } = this.names;
    if (token.length < shortest || !ASCII.test(token) || this.known.has(token) || this.weights.has(token) || DIGITS.test(token)) {
      return token;
    }
    let best = [0, token];
    for (const word of words) {
      if (word[0] !== token[0] || word.length < shortest - 1) continue;
      const share = ratio(word, token, alike);
      if (share >= alike && (share > best[0] || (share === best[0] && word > best[1]))) best = [share, word];
    }
    return best[1];
  }

  /** The families that a text names, with the score of the best name of each. */
  named(text) {
    const shown = ` ${this.readable(text).map((word) => this.speltRight(word)).join(" ")} `;
    const found = new Map();
    const better = (family, worth) => found.set(family, Math.max(found.get(family) ?? 0, worth));
    for (const [family, whole, parts, worth] of this.names.names) {
      if (shown.includes(whole)) better(family, worth);
      else if (parts.length > 1 && parts.every((part) => shown.includes(ASCII.test(part) ? ` ${part} ` : part))) {
        better(family, worth * this.names.apart);
      }
    }
    return found;
  }

  namesFamily(text) {
    return this.named(text.slice(0, this.rules.most_characters)).size > 0;
  }

  rarity(token) {
    return Math.log(1 + this.families.length / ((this.weights.get(token) ?? []).length || this.rules.nowhere));
  }

  hits(token) {
    let words = this.weights.has(token) ? [[token, 1]] : [];
    const all = () => [...this.weights.keys()];
    if (!words.length && token.length >= this.rules.shortest_beginning && ASCII.test(token)) {
      words = all().filter((word) => word.startsWith(token)).map((word) => [word, this.rules.beginning]);
    } else if (!words.length && token.length === 1) {
      words = all().filter((word) => word.includes(token)).map((word) => [word, this.rules.beginning]);
    }
    const hits = new Map();
    for (const [word, part] of words) {
      const rarity = this.rarity(word);
      for (const [family, weight] of this.weights.get(word)) {
        hits.set(family, Math.max(part * rarity * weight, hits.get(family) ?? 0));
      }
    }
    return hits;
  }

  /** The places of the families that a text is about, best first. */
  find(text, limit) {
    const query = text.slice(0, this.rules.most_characters);
    const shown = query.normalize("NFKC").toLowerCase();
    if (this.others.test(shown) && !this.ours.test(shown)) return [];
    const known = (token) => (this.weights.has(token) ? token : this.speltRight(token));
    const wanted = [...new Set(this.tokens(query).map(known))];
    const [scores, found, rarest] = [new Map(), new Map(), new Map()];
    const add = (map, key, value) => map.set(key, (map.get(key) ?? 0) + value);
    for (const token of wanted) {
      const rarity = this.rarity(token);
      for (const [family, score] of this.hits(token)) {
        add(scores, family, score);
        add(found, family, rarity);
        rarest.set(family, Math.max(rarest.get(family) ?? 0, rarity));
      }
    }
    const named = this.named(query);
    const whole = wanted.reduce((sum, token) => sum + this.rarity(token), 0) || 1;
    const enough = ASCII.test(query) ? this.rules.enough_latin : this.rules.enough_chinese;
    const fits = (family) => found.get(family) / whole >= enough
      && (rarest.get(family) >= this.rules.distinctive || wanted.length === 1);
    const eligible = named.size ? [...named.keys()] : [...scores.keys()].filter(fits);
    const share = (family) => (scores.get(family) ?? 0) * ((found.get(family) ?? 0) / whole) ** 2;
    const id = (family) => this.families[family][0];
    eligible.sort((one, other) => (named.get(other) ?? 0) - (named.get(one) ?? 0)
      || share(other) - share(one) || (id(one) < id(other) ? -1 : 1));
    return eligible.slice(0, limit);
  }
}

function pairs(flat) {
  const found = [];
  for (let at = 0; at < flat.length; at += 2) found.push([flat[at], flat[at + 1]]);
  return found;
}

// --- what a text is: resolution.py, nested_codes.py, pasted_text.py -------------------------------------------------------------

const MOST_PARTS = 8;
const MOST_CODES = 10;
const SEPARATORS = ":._-";
const [NUMBER, WORD, CODE] = [0, 1, 2]; // how specific a code in a paste is
const whole = (pattern, flags = "u") => new RegExp(`^(?:${pattern})$`, flags);

/** What the label before a value says of it: value_labels.py. */
class Labels {
  constructor(patterns) {
    this.before = new RegExp(patterns.before, "u");
    this.others = new RegExp(patterns.others, "iu");
    this.kinds = [
      ["state", new RegExp(patterns.state, "iu")],
      ["text", new RegExp(patterns.text, "iu")],
      ["envelope", whole(patterns.envelope, "iu")],
      ["code", new RegExp(patterns.code, "iu")],
    ];
  }

  of(before) {
    const groups = this.before.exec(before.slice(-48))?.groups ?? {};
    if (groups.link) return "code";
    const name = groups.name ?? groups.english ?? groups.chinese ?? "";
    if (!name || this.others.test(name)) return "none";
    return this.kinds.find(([, pattern]) => pattern.test(name))?.[0] ?? "none";
  }

  ofCodes(label) {
    return ["text", "envelope", "code"].includes(label);
  }
}

/** The codes in pasted text: pasted_text.py. */
class Pastes {
  constructor(data, spellings) {
    const { pastes, labels, limit } = data;
    this.spellings = spellings;
    this.labels = new Labels(labels);
    this.run = new RegExp(pastes.run, "gu");
    this.receipt = new RegExp(pastes.smpp_receipt, "iu");
    this.longNumber = new RegExp(pastes.long_number, "u");
    this.end = new RegExp(pastes.end_of_value, "uy");
    this.limit = new RegExp(limit[0], "iu");
    this.limitCode = limit[1];
    for (const name of ["capitals", "camel", "mixed", "of_a_carrier", "http", "class"]) this[name] = whole(pastes[name]);
  }

  codesIn(text) {
    const shown = plainText(text);
    const inReceipt = this.receipt.test(shown);
    const found = new Map();
    for (const run of shown.matchAll(this.run)) {
      const taken = [];
      for (const [start, end] of spans(run[0])) {
        const code = this.spellings.published(run[0].slice(start, end));
        if (!code || taken.some(([from, to]) => start < to && from < end)) continue;
        const value = this.value(shown, run, start, end);
        const weight = inReceipt && isItsError(value) ? null : this.weight(value, code);
        if (weight === null) continue;
        found.set(code, Math.max(weight, found.get(code) ?? weight));
        taken.push([start, end]);
      }
    }
    const limited = this.limit.test(shown) ? this.spellings.published(this.limitCode) : null;
    if (limited && !found.has(limited)) found.set(limited, CODE);
    return found;
  }

  /** The code that a paste without a listed one labels so. */
  unlistedIn(text) {
    const shown = plainText(text);
    for (const run of shown.matchAll(this.run)) {
      for (const [start, end] of spans(run[0])) {
        if (trimmed(run[0].slice(end), SEPARATORS) || (start && run[0][start - 1] !== ":")) continue;
        const part = run[0].slice(start, end);
        const form = this.class.exec(part);
        if (!(form || this.mixed.test(part)) || this.longNumber.test(part) || part === text.trim()) continue;
        if (form && (form.groups.head === undefined || this.spellings.published(form.groups.head))) return part;
        const value = this.value(shown, run, start, end);
        if (this.labels.ofCodes(value.label) && value.whole) return part;
      }
    }
    return null;
  }

  value(shown, run, start, end) {
    const at = run.index + start;
    this.end.lastIndex = run.index + end;
    return {
      text: run[0].slice(start, end),
      label: this.labels.of(shown.slice(0, at)),
      before: run[0].slice(0, start),
      after: run[0].slice(end),
      whole: this.end.test(shown),
    };
  }

  weight(value, code) {
    if (this.longNumber.test(value.text) || !this.standsAlone(value, code)) return null;
    const http = this.http.test(value.text);
    if (isNumber(value.text)) {
      if (value.label === "code" || (value.label === "text" && value.whole)) return http ? NUMBER : CODE;
      return value.label === "envelope" && !http ? CODE : null;
    }
    if (/^[A-Za-z]+$/.test(value.text) && !this.camel.test(code)) return this.weightOfWord(value, code);
    return value.label === "none" && !(this.mixed.test(code) || this.camel.test(code)) ? null : CODE;
  }

  weightOfWord(value, code) {
    const asPublished = value.text === code;
    if (!(value.whole || (asPublished && value.label !== "text"))) return null;
    if (this.labels.ofCodes(value.label)) return CODE;
    const stands = asPublished && this.capitals.test(code) && !trimmed(value.before, SEPARATORS);
    return value.label === "state" || stands ? WORD : null;
  }

  standsAlone(value, code) {
    if (value.text !== code && this.labels.of(`${value.text.split(":")[0]}:`) !== "none") return false;
    const { before } = value;
    const after = trimmed(value.after, SEPARATORS) ? value.after : "";
    if (isNumber(value.text)) return (!before || before.endsWith(":")) && !after;
    const glue = this.of_a_carrier.test(code) ? SEPARATORS : ":";
    return (!trimmed(before, SEPARATORS) || glue.includes(before.at(-1))) && (!after || glue.includes(after[0]));
  }
}

const plainText = (text) => text.normalize("NFKC").replaceAll("\n", " ");
const isNumber = (text) => /^-*\d+$/.test(text);

/** Whether a value is the `err:` of an SMPP receipt, a number that the message centre defines. */
function isItsError({ text, before }) {
  if (text.slice(0, 4).toUpperCase() === "ERR:") return true;
  return before.slice(-4).toUpperCase() === "ERR:" && /^\d{1,3}$/.test(text) && Number(text) <= 255;
}

class Explainer {
  constructor(data) {
    this.families = data.families;
    this.codes = new Map(data.codes.map((one) => [one[0], one]));
    this.spellings = new Spellings(data.codes.map(([code]) => code), data.api, data.spelling);
    this.pastes = new Pastes(data, this.spellings);
    this.words = new Words(data.search, data.families);
    this.terms = data.terms;
    this.termNames = new Map(data.terms.flatMap((term) => term[1].map((name) => [name, term])));
    this.rules = data.rules;
    this.likeACode = new RegExp(`^(?:${data.rules.like_a_code})$`, "u");
    this.hyphenated = new RegExp(`^(?:${data.rules.hyphenated})$`, "u");
    this.question = new RegExp(`^(?:${data.rules.question})$`, "iu");
    this.wrappers = data.wrappers.map(([pattern, inner]) => [new RegExp(`^(?:${pattern})$`, "u"), inner]);
    this.groups = data.groups.map((group) => ({
      ...group,
      classes: new Map(Object.entries(group.classes)),
      patterns: group.patterns.map(([pattern, ...rest]) => [new RegExp(pattern, "u"), ...rest]),
    }));
    this.accepted = data.families.findIndex(([id]) => id === "call_ok");
  }

  /** What a text means: `codes` that are listed, or else the code `inner` it, `similar` ones, `families`, a `term`. */
  resolve(text) {
    const nothing = { codes: [], meant: "", inner: "", similar: [], families: [], groups: [], term: null, tooShort: false };
    const bare = text.trim();
    if (!bare) return nothing;
    const published = this.spellings.published(text);
    if (published && !this.meansAWord(bare)) return { ...nothing, codes: [published] };
    const pasted = this.pasted(text);
    if (pasted.length) return { ...nothing, codes: pasted };
    const asked = this.inQuestion(text);
    if (asked) return { ...nothing, codes: [asked] };
    const named = this.pastes.unlistedIn(text);
    const found = { ...nothing, ...(named || this.isLikeACode(bare) ? this.unlisted(named ?? bare) : this.inWords(bare)) };
    const known = found.codes.length || found.term || found.families.length || found.inner || found.similar.length;
    const short = !known && [...lettersAndDigits(bare)].length < this.rules.shortest_guess && this.isLikeACode(bare);
    return { ...found, tooShort: short };
  }

  meansAWord(bare) {
    const unsure = (code) => this.codes.get(code)[3].includes("w");
    return LETTERS.test(bare) && bare === bare.toLowerCase() && bare !== bare.toUpperCase()
      && this.words.namesFamily(bare) && unsure(this.spellings.published(bare));
  }

  unlisted(bare) {
    const same = this.spellings.sameLetters(bare);
    const meant = same.length === 1 ? same[0] : this.spellings.typoOf(bare);
    if (meant && same.length < 2) return { codes: [meant], meant };
    const named = this.namedBy(bare);
    if (named.length) return { families: named, term: this.term(bare) };
    const read = this.readings(bare);
    const term = this.term(bare);
    if (read.inner) return { ...read, term };
    const guesses = lettersAndDigits(bare).length >= this.rules.shortest_guess ? this.spellings.similar(bare, 3) : [];
    return { ...read, term, similar: [...new Set([...same, ...guesses])] };
  }

  namedBy(bare) {
    if (/^[A-Za-z]+$/.test(bare)) return this.words.find(bare.toLowerCase(), this.rules.most_found);
    return DIGITS.test(bare) && bare.length >= this.rules.shortest_guess ? this.words.find(bare, this.rules.most_found) : [];
  }

  inWords(bare) {
    const [term, families] = [this.term(bare), this.words.find(bare, this.rules.most_found)];
    if (term || families.length) return { term, families };
    return bare.includes(" ") ? {} : this.readings(bare);
  }

  term(text) {
    return this.termNames.get(normalizeCode(text)) ?? null;
  }

  /** Of a code that is not listed: the code of the number inside it, or else the families of its groups. */
  readings(text) {
    if (/\s/.test(text.trim())) return {};
    const normalized = normalizeCode(text);
    const inner = this.innerCode(normalized);
    if (inner) return { inner };
    const found = [];
    this.groups.forEach((table) => {
      const row = this.grouped(table, normalized);
      if (row) found.push([...row, `${table.vendor} ${row[0]}`]);
    });
    found.sort((one, other) => one[1] - other[1]);
    return { groups: [...new Map(found.reverse().map((row) => [row[2], row[0]])).values()].reverse() };
  }

  innerCode(normalized) {
    for (const [pattern, inner] of this.wrappers) {
      const number = pattern.exec(normalized)?.[1];
      for (const [spelling, carrier] of number === undefined ? [] : inner) {
        const code = spelling.replace("{:0>2}", number.padStart(2, "0")).replace("{}", number);
        const listed = code === normalized ? null : this.spellings.published(code);
        const mark = { "China Unicom": "u", "China Telecom": "t" }[carrier] ?? "r";
        if (listed && this.codes.get(listed)[3].includes(mark)) return listed;
      }
    }
    return "";
  }

  grouped(table, normalized) {
    const UNSURE = 2;
    const ofClass = table.classes.get(codeClass(normalized));
    if (ofClass !== undefined) return [ofClass, UNSURE];
    const row = table.prefixes.find(([prefix]) => normalized.startsWith(prefix))
      ?? table.patterns.find(([pattern]) => pattern.test(normalized));
    return row ? row.slice(1) : null;
  }

  inQuestion(text) {
    if (text.length > this.rules.longest_question) return null;
    const shown = trimmed(plainText(text), this.rules.marks);
    const [, first, rest] = /^(\S+) (.*)$/su.exec(shown) ?? [null, "", ""];
    const words = this.rules.vendors.includes(first.toLowerCase()) ? rest.trim() : shown;
    const asked = this.question.exec(words)?.groups.code;
    const code = asked ? this.spellings.published(asked) : null;
    return code && (asked === code || !LETTERS.test(code)) ? code : null;
  }

  isLikeACode(text) {
    const bare = ASCII.test(text) ? text.trim() : normalizeCode(text);
    return this.likeACode.test(bare) && !(this.hyphenated.test(bare) || /[\u3400-\u9fff]/.test(bare));
  }

  /** The most specific codes of a paste: an OK ranks below the word for a failure, and a word below a code. */
  pasted(text) {
    const ranks = [...this.pastes.codesIn(text)].map(([code, weight]) => [code, this.isAccepted(code) ? 0.5 : weight]);
    const most = Math.max(...ranks.map(([, rank]) => rank));
    return ranks.filter(([, rank]) => rank === most).map(([code]) => code).slice(0, MOST_CODES);
  }

  isAccepted(code) {
    return this.codes.get(code)[2].every((family) => family === this.accepted);
  }
}

function trimmed(text, marks) {
  let [start, end] = [0, text.length];
  while (start < end && marks.includes(text[start])) start += 1;
  while (end > start && marks.includes(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function spans(run) {
  const parts = [...run.matchAll(/[^:._-]+/g)].slice(0, MOST_PARTS).map((part) => [part.index, part.index + part[0].length]);
  const found = parts.flatMap(([start], at) => parts.slice(at).map(([, end]) => [start, end]));
  if (run.startsWith("-") && parts.length) found.push([0, parts.at(-1)[1]]);
  return found.sort((one, other) => (one[0] - one[1]) - (other[0] - other[1]) || one[0] - other[0]);
}

// --- the page -----------------------------------------------------------------------------------------------------------------

function element(name, { className = "", text = "", href = "", lang = "" } = {}, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  if (href) made.setAttribute("href", href);
  if (lang) made.lang = lang;
  made.append(...children);
  return made;
}

class Results {
  constructor(explainer, labels, language) {
    this.explainer = explainer;
    this.labels = labels;
    this.language = language;
  }

  of(text) {
    const said = this.labels;
    const found = this.explainer.resolve(text);
    const heading = found.meant
      ? (lettersAndDigits(found.meant) === lettersAndDigits(text) ? said.meant_letters : said.meant_slip)
      : said.listed;
    const parts = [];
    if (found.codes.length) parts.push(this.heading(heading), ...found.codes.map((code) => this.code(code)));
    if (found.inner) parts.push(this.heading(said.inner), this.code(found.inner));
    if (found.similar.length) parts.push(this.heading(said.similar), ...found.similar.map((code) => this.code(code)));
    if (found.groups.length) parts.push(this.heading(said.grouped), ...unique(found.groups).map((family) => this.family(family)));
    if (found.term) parts.push(this.term(found.term));
    if (found.families.length) parts.push(this.heading(said.found), ...found.families.map((family) => this.family(family)));
    if (!parts.length && text.trim()) parts.push(element("p", { text: found.tooShort ? said.too_short : said.nothing }));
    return parts;
  }

  heading(text) {
    return element("h2", { text });
  }

  href(code) {
    return `c/${this.explainer.codes.get(code)[1] || code.toLowerCase().replaceAll(":", "-")}.html`;
  }

  code(code) {
    const families = this.explainer.codes.get(code)[2].map((place) => this.explainer.families[place][1][this.language]);
    const [[title, advice, step], ...others] = families;
    const link = element("a", { href: this.href(code) }, element("code", { text: code }));
    const lines = [element("p", {}, link, " ", element("span", { className: "title", text: title })), element("p", { text: advice })];
    if (step) lines.push(element("p", { className: "small", text: step }));
    if (others.length) lines.push(element("p", { className: "small", text: unique(others.map(([name]) => name)).join(" · ") }));
    return element("div", { className: "hit" }, ...lines);
  }

  family(place) {
    const [, words, codes, slug] = this.explainer.families[place];
    const [title, advice, step] = words[this.language];
    const shown = codes.flatMap((code) => [element("a", { href: this.href(code) }, element("code", { text: code })), " "]);
    return element(
      "div",
      { className: "hit" },
      element("p", {}, element("a", { className: "title", href: `f/${slug}.html`, text: title })),
      element("p", { text: advice }),
      element("p", { className: "small", text: step }),
      element("p", {}, ...shown),
    );
  }

  term([id, , words]) {
    const [title, text] = words[this.language];
    return element(
      "div",
      { className: "hit" },
      element("p", {}, element("a", { className: "title", href: `terms.html#${id}`, text: title })),
      element("p", { text }),
    );
  }
}

/** What the address searches for. It stands behind the #, which no browser sends. */
const searched = () => new URLSearchParams(location.hash.slice(1)).get("q") ?? "";

const unique = (items) => [...new Set(items)];

if (typeof document !== "undefined" && document.getElementById("search")) {
  const [form, input, shown, said] = ["search", "q", "results", "said"].map((id) => document.getElementById(id));
  const explainer = new Explainer(CATALOGUE);
  const results = new Results(explainer, JSON.parse(form.dataset.labels), document.body.dataset.language);
  const show = () => {
    const parts = results.of(input.value);
    shown.replaceChildren(...parts);
    // A screen reader hears the first answer; all of them at each key would be too much.
    said.textContent = parts.slice(0, 2).map((part) => (part.querySelector("p") ?? part).textContent).join(" ");
  };
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `#q=${encodeURIComponent(input.value)}`);
    show();
  });
  const read = () => {
    input.value = searched();
    show();
  };
  window.addEventListener("hashchange", read);
  read();
}
