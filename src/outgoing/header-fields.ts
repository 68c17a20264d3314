/** Headers that somebody may add to an outgoing request: one line each, none that belongs to the connection. */
import { z } from 'zod';

/** What belongs to the connection, and what would speak to a proxy or another host of the same address. */
const RESERVED = /^(host|connection|content-length|transfer-encoding|upgrade|keep-alive|te|trailer|expect|proxy-.*)$/i;
const HeaderName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'expected the name of a header')
  .refine((name) => !RESERVED.test(name), 'expected a header that does not belong to the connection');
const HeaderValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]{0,8192}$/, 'expected one line of at most 8,192 characters');

export const HttpHeaders = z.record(HeaderName, HeaderValue).refine((headers) => Object.keys(headers).length <= 50, 'expected at most 50 headers');
