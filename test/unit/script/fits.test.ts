/** Whether values are of their types: what is taken, what it is then, and what is said of the rest. */
import type { Json } from '../../../src/contracts/pattern/json';
import type { IrField } from '../../../src/contracts/script/ir';
import { fitFields, fits, type FitOptions } from '../../../src/domain/script/fit/fits';
import { ScriptTexts } from '../../../src/domain/script/ir/texts';

const options: FitOptions = { enums: { Mood: ['calm', 'eager'] }, texts: new ScriptTexts() };
const converting: FitOptions = { ...options, convert: true };

it.each<[string, Json]>([
  ['text', 'x'],
  ['text(min = 1, max = 2)', '😀😀'],
  ['text(pattern = "^[a-z]+$")', 'abc'],
  ['number(min = -1.5)', -1.5],
  ['integer', 12],
  ['boolean', false],
  ['date', '2024-02-29'],
  ['timestamp', '2026-11-26T15:00:00.000Z'],
  ['binary', 'AAE='],
  ['any', null],
  ['object', { a: 1 }],
  ['list<integer>(max = 2)', [1, 2]],
  ['Mood', 'calm'],
])('%s takes %j', (type, value) => {
  expect(fits(value, type, options)).toEqual({ misfit: null, value });
});

it.each<[string, Json, string]>([
  ['text', 1, 'Expected a text, found the number 1.'],
  ['text(min = 3)', '😀😀', 'Expected at least 3 characters, found 2.'],
  ['text(pattern = "^[a-z]+$")', 'A', 'Expected a text that matches ^[a-z]+$, found the text "A".'],
  ['number', '1', 'Expected a number, found the text "1".'],
  ['number(max = 10)', 11, 'Expected at most 10, found the number 11.'],
  ['integer', 1.5, 'Expected a whole number, found the number 1.5.'],
  ['integer', 2 ** 53, 'Expected a whole number, found the number 9007199254740992.'],
  ['boolean', null, 'Expected true or false, found null.'],
  ['date', '2023-02-29', 'Expected a date, such as "2026-11-26", found the text "2023-02-29".'],
  ['timestamp', '2026-11-26T15:00:00', 'Expected a time with its zone, such as "2026-11-26T15:00:00Z", found the text "2026-11-26T15:00:00".'],
  ['timestamp', '2026-11-31T15:00:00Z', 'Expected a time with its zone, such as "2026-11-26T15:00:00Z", found the text "2026-11-31T15:00:00Z".'],
  ['binary', 'A', 'Expected bytes in base64, found the text "A".'],
  ['list<text>', ['a', 1], '`[1]`: expected a text, found the number 1.'],
  ['list(min = 1)', [], 'Expected at least 1 items, found 0.'],
  ['Mood', 'angry', 'Expected one of "calm", "eager", found the text "angry".'],
  ['{lat: number, tags: list<text>}', { lat: 1, tags: [1] }, '`tags[0]`: expected a text, found the number 1.'],
  ['{lat: number}', { lat: 1, lng: 2 }, 'There is no field `lng`; there are lat.'],
  ['{lat: number}', {}, '`lat` is missing: expected a number.'],
])('%s refuses %j', (type, value, misfit) => {
  expect(fits(value, type, options)).toEqual({ misfit, value });
});

it('tells timestamps in one spelling, so that they compare as texts', () => {
  expect(fits('2026-11-26t16:30+01:30', 'timestamp', options).value).toBe('2026-11-26T15:00:00.000Z');
});

it.each<[string, string, Json]>([
  ['number', ' 12.5 ', 12.5],
  ['integer', '-3', -3],
  ['boolean', 'TRUE', true],
  ['list<number>', '[1, 2]', [1, 2]],
  ['{a: number}', '{"a": 1}', { a: 1 }],
  ['Mood', ' calm ', 'calm'],
  ['text', ' 12 ', ' 12 '],
  ['any', '12', '12'],
])('takes what a person says for %s: %j', (type, said, value) => {
  expect(fits(said, type, converting)).toEqual({ misfit: null, value });
});

it.each<[string, Json]>([
  ['number', 'many'],
  ['number', '0x10'],
  ['boolean', 'yes'],
  ['text', 12],
  ['list', 'nope'],
])('does not guess what a person means by %s: %j', (type, said) => {
  expect(fits(said, type, converting).misfit).toMatch(/^Expected .*found/);
});

describe('fields', () => {
  const fields: readonly IrField[] = [
    { name: 'city', type: 'text(min = 1)' },
    { name: 'limit', type: 'integer', default: '20' },
    { name: 'mood', type: 'Mood', optional: true },
    { name: 'place', type: '{lat: number, zoom: integer = 3}', optional: true },
  ];

  it('get their defaults, and null where they are optional', () => {
    expect(fitFields({ city: 'Rome' }, fields, options)).toEqual({ misfit: null, value: { city: 'Rome', limit: 20, mood: null, place: null } });
    expect(fitFields({ city: 'Rome', limit: null, place: { lat: 1 } }, fields, options).value).toMatchObject({ limit: 20, place: { lat: 1, zoom: 3 } });
  });

  it.each<[Json, string]>([
    [{}, '`city` is missing: expected a text.'],
    [{ city: null }, '`city`: expected a text, found null.'],
    [{ city: '' }, '`city`: expected at least 1 characters, found 0.'],
    [{ city: 'Rome', town: 'x' }, 'There is no field `town`; there are city, limit, mood, place.'],
    [{ city: 'Rome', place: { lat: 'x' } }, '`place.lat`: expected a number, found the text "x".'],
    [[], 'Expected an object with city, limit, mood, place, found a list of 0 items.'],
  ])('say what is wrong with %j', (value, misfit) => {
    expect(fitFields(value, fields, options)).toEqual({ misfit, value });
  });

  it('are not looked at where none is declared, and know no name of the programming language', () => {
    expect(fitFields(['anything'], [], options)).toEqual({ misfit: null, value: ['anything'] });
    expect(fitFields({}, [{ name: 'constructor', type: 'text' }], options).misfit).toBe('`constructor` is missing: expected a text.');
  });
});

it('bounds what patterns cost, over all of a value', () => {
  const value = Array.from({ length: 200 }, () => 'a'.repeat(1_000));

  expect(fits(value, 'list<text(pattern = "(a?)\\{200\\}$")>', options).misfit).toMatch(/is too long for the pattern/);
});
