/** The functions of expressions: how many values each takes, and what it gives. All of them are pure: time, chance and the world are asked by tools. */

export interface FunctionSignature {
  readonly min: number;
  readonly max: number;
  readonly says: string;
  /** Which of its values is a lambda, from 0. */
  readonly lambda?: number;
}

const exactly = (count: number, says: string): FunctionSignature => ({ min: count, max: count, says });
const from = (min: number, max: number, says: string): FunctionSignature => ({ min, max, says });
const withLambda = (min: number, says: string): FunctionSignature => ({ min, max: 2, says, lambda: 1 });

export const FUNCTIONS: Readonly<Record<string, FunctionSignature>> = {
  count: exactly(1, 'how many items a list, fields an object, or characters a text has'),
  contains: exactly(2, 'whether a list holds a value, or a text another one'),
  starts_with: exactly(2, 'whether a text begins with another one'),
  ends_with: exactly(2, 'whether a text ends with another one'),
  lower: exactly(1, 'a text in small letters'),
  upper: exactly(1, 'a text in capitals'),
  trim: exactly(1, 'a text without blanks around it'),
  split: exactly(2, 'the parts of a text between a separator'),
  join: exactly(2, 'the texts of a list with a separator between them'),
  replace: exactly(3, 'a text in which one text stands for another one, everywhere'),
  slice: from(2, 3, 'a part of a list or text, from a position up to another one'),
  first: exactly(1, 'the first item of a list, or null'),
  last: exactly(1, 'the last item of a list, or null'),
  map: withLambda(2, 'what a lambda makes of each item'),
  filter: withLambda(2, 'the items of which a lambda says true'),
  any: withLambda(2, 'whether a lambda says true of some item'),
  all: withLambda(2, 'whether a lambda says true of every item'),
  sort: withLambda(1, 'a list in order, by what a lambda makes of each item where one is given'),
  unique: exactly(1, 'a list without what is there already'),
  flatten: exactly(1, 'the items of the lists in a list'),
  range: from(1, 2, 'the whole numbers from the first (or 0) up to but without the last, at most 100,000'),
  sum: exactly(1, 'the sum of a list of numbers'),
  mean: exactly(1, 'the mean of a list of numbers, or null of none'),
  min: exactly(1, 'the smallest number of a list, or null'),
  max: exactly(1, 'the largest number of a list, or null'),
  abs: exactly(1, 'a number without its sign'),
  round: from(1, 2, 'a number with so many places behind the point (0)'),
  floor: exactly(1, 'the whole number below'),
  ceil: exactly(1, 'the whole number above'),
  keys: exactly(1, 'the names of the fields of an object'),
  values: exactly(1, 'the values of the fields of an object'),
  merge: exactly(2, 'the fields of two objects, those of the second first'),
  to_text: exactly(1, 'a value as a text'),
  to_number: exactly(1, 'the number that a text says, or null'),
  to_json: exactly(1, 'a value as JSON'),
  from_json: exactly(1, 'the value that a JSON text says'),
  cosine_similarity: exactly(2, 'how alike two vectors are, from -1 to 1'),
};

/** Tools that every script has without an import. */
export const MODEL_TOOLS = ['llm', 'embed', 'rerank', 'transcribe', 'infer'] as const;

export const isFunction = (name: string): boolean => Object.hasOwn(FUNCTIONS, name);
