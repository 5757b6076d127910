/* Secrets: keys of services, tokens, private keys, addresses of wallets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "policy/redact/recognizer.h"

#define LONG 512     /* bytes of a token that are read */
#define LEAST 20     /* of one with a known prefix */
#define WORD_TOLD 16 /* of one said to be a secret */
#define WORD_BARE 32 /* of one that only looks like it */

/* What a stretch is made of. */
struct mixture {
	unsigned lower, upper, digits, switches;
	bool hex;
};

static bool is_token(uint8_t c)
{
	return is_alpha(c) || is_digit(c) || c == '_' || c == '-';
}

/* The end of the stretch of token bytes, and of `more`, at i; "=" ends it. It
 * is looked at once: what a longer one was read for is not tried again. */
static uint32_t token_end(struct scan *s, uint32_t i, const char *more)
{
	uint32_t end = i;

	for (;; end++) {
		uint8_t c = scan_at(s, end);

		if (!is_token(c) && (c == 0 || strchr(more, c) == NULL))
			break;
	}
	s->steps += end - i;
	s->token_end = end;
	while (end > i && !is_alpha(s->t[end - 1]) && !is_digit(s->t[end - 1]))
		end--;
	while (scan_at(s, end) == '=')
		end++;
	return end;
}

static struct mixture mix(const struct scan *s, uint32_t i, uint32_t end)
{
	struct mixture m = {.hex = true};
	unsigned kind, last = 0;

	for (; i < end; i++, last = kind) {
		uint8_t c = s->t[i];

		kind = is_lower(c) ? 1 : is_upper(c) ? 2 : is_digit(c) ? 3 : 0;
		m.lower += kind == 1;
		m.upper += kind == 2;
		m.digits += kind == 3;
		m.switches += kind != last;
		m.hex = m.hex && (kind == 3 || (uint8_t)((c | 0x20) - 'a') < 6);
	}
	m.hex = m.hex && (m.lower == 0 || m.upper == 0);
	return m;
}

static uint32_t take(struct scan *s, uint32_t i, uint32_t end, unsigned entity,
		     unsigned rule, unsigned score)
{
	recognizer_hit(s, i, end, entity, rule, score);
	return end;
}

/* ---- wallets ---- */

static const char base58[] =
	"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* Base58Check: 21 bytes, and four of their double SHA-256. */
static bool is_base58(const uint8_t *p, uint32_t n)
{
	uint8_t v[25] = {0}, h[HASH_LEN];

	for (uint32_t i = 0; i < n; i++) {
		const char *at = p[i] == 0 ? NULL : strchr(base58, p[i]);
		unsigned carry = at == NULL ? 0 : (unsigned)(at - base58);

		if (at == NULL)
			return false;
		for (unsigned k = sizeof(v); k-- > 0;) {
			carry += v[k] * 58u;
			v[k] = (uint8_t)carry;
			carry >>= 8;
		}
		if (carry != 0)
			return false;
	}
	hash_sha256(h, bytes_of(v, 21));
	hash_sha256(h, bytes_of(h, sizeof(h)));
	return memcmp(h, v + 21, 4) == 0;
}

static uint32_t polymod(uint32_t c, unsigned v)
{
	static const uint32_t g[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
				     0x3d4233dd, 0x2a1462b3};
	uint32_t top = c >> 25;

	c = (c & 0x1ffffff) << 5 ^ v;
	for (unsigned i = 0; i < 5; i++)
		c ^= (top >> i & 1) != 0 ? g[i] : 0;
	return c;
}

/* BIP 173 and 350: "bc1" or "tb1", 32 letters, their checksum. */
static bool is_bech32(const uint8_t *p, uint32_t n)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	uint32_t c = 1;
	uint8_t h[2] = {p[0] | 0x20, p[1] | 0x20};

	if (n < 14 || n > 90 || p[2] != '1' ||
	    (memcmp(h, "bc", 2) != 0 && memcmp(h, "tb", 2) != 0))
		return false;
	c = polymod(polymod(c, h[0] >> 5), h[1] >> 5);
	c = polymod(polymod(polymod(c, 0), h[0] & 31), h[1] & 31);
	for (uint32_t i = 3; i < n; i++) {
		uint8_t low = is_upper(p[i]) ? p[i] | 0x20 : p[i];
		const char *at = strchr(letters, low);

		if (at == NULL)
			return false;
		c = polymod(c, (unsigned)(at - letters));
	}
	return c == 1 || c == 0x2bc830a3;
}

static bool is_wallet(const struct scan *s, uint32_t i, uint32_t n)
{
	const uint8_t *p = s->t + i;

	return (n >= 26 && n <= 35 && is_base58(p, n)) || is_bech32(p, n);
}

/* 0x and forty hexadecimal digits, in capitals and small ones mixed. */
static bool is_ether(const struct scan *s, uint32_t i, uint32_t n)
{
	for (uint32_t k = i + 2; k < i + n; k++)
		if (!is_digit(s->t[k]) && (uint8_t)((s->t[k] | 0x20) - 'a') > 5)
			return false;
	return n == 42 && s->t[i] == '0' && s->t[i + 1] == 'x';
}

/* ---- tokens ---- */

/* JSON Web Token: three parts, the first begins as {" does in base64. */
static uint32_t jwt(struct scan *s, uint32_t i)
{
	uint32_t end = token_end(s, i, ".");
	unsigned dots = 0;

	for (uint32_t k = i; k < end; k++)
		dots += s->t[k] == '.';
	return dots >= 1 && dots <= 4 && end - i > 32 && end - i <= LONG ? end
									 : 0;
}

/* A word that begins as one service's keys do. */
static uint32_t known(struct scan *s, uint32_t i, uint32_t end)
{
	static const char aws[] = "AKIA ASIA AGPA AIDA AROA ANPA";
	const char *p = (const char *)s->t + i;
	struct mixture m;
	uint32_t stop;

	if (end - i == 20 && recognizer_check_in(aws, p, 4)) {
		m = mix(s, i, end);
		return m.lower == 0 ? end : 0;
	}
	if (memcmp(p, "eyJ", 3) == 0)
		return jwt(s, i);
	if (memcmp(p, "AIza", 4) == 0) {
		stop = token_end(s, i, "");
		return stop - i >= 35 ? stop : 0;
	}
	return 0;
}

uint32_t recognizer_secret_token(struct scan *s, uint32_t i, uint32_t end)
{
	bool near = recognizer_near(s, TOPIC_KEY, i) ||
		    recognizer_near(s, TOPIC_SECRET, i);
	struct mixture m;
	uint32_t stop;

	if (end < s->url_end || i < s->token_end)
		return 0;
	stop = known(s, i, end);
	if (stop != 0)
		return take(s, i, stop, ENTITY_API_KEY, RULE_KEY_PREFIX, 97);
	if (is_ether(s, i, end - i) || is_wallet(s, i, end - i))
		return take(s, i, end, ENTITY_CRYPTO, RULE_CRYPTO, 96);
	if (i < s->token_end)
		return 0; /* no JWT */
	stop = token_end(s, i, "+/");
	if (stop - i > LONG)
		return 0;
	m = mix(s, i, stop);
	if (m.digits < 2 || (!near && stop - i < WORD_BARE))
		return 0;
	if (m.hex ? !near
		  : m.lower < 2 || m.upper < 2 || m.switches * 4 < stop - i)
		return 0;
	return take(s, i, stop, ENTITY_API_KEY, RULE_KEY_ENTROPY,
		    near ? 88 : 72);
}

/* Behind "token", "secret key": ":", "=", "is", and what must be one. */
uint32_t recognizer_secret_said(struct scan *s, uint32_t end)
{
	uint32_t i = end, stop;
	struct mixture m;
	bool told = false;

	for (; i < end + 16 && scan_at(s, i) != 0; i++) {
		uint8_t c = s->t[i];

		if (told && (is_token(c) || c == '+'))
			break;
		told = told || c == ':' || c == '=' ||
		       (c == ' ' && scan_at(s, i - 1) == 's' &&
			scan_at(s, i - 2) == 'i');
		if (c == '\n')
			return 0;
	}
	if (!told || i < s->token_end)
		return 0;
	stop = token_end(s, i, "+/.");
	if (stop - i < WORD_TOLD || stop - i > LONG)
		return 0;
	m = mix(s, i, stop);
	if (m.digits < 1 || m.lower + m.upper < 4 || m.switches * 5 < stop - i)
		return 0;
	return take(s, i, stop, ENTITY_API_KEY, RULE_KEY_ENTROPY, 88);
}

/* "ghp_", "sk-", "xoxb-" [i, end), and what comes behind. */
uint32_t recognizer_secret_prefix(struct scan *s, uint32_t i, uint32_t end)
{
	uint8_t c = scan_at(s, end);
	struct mixture m;
	uint32_t stop;

	if ((c != '_' && c != '-' && c != '.') || i < s->token_end)
		return 0;
	stop = token_end(s, i, c == '.' ? "." : "");
	if (stop - i < LEAST || stop <= end || stop - i > LONG)
		return 0;
	m = mix(s, end, stop);
	if (m.digits < 2 || m.lower + m.upper < 4)
		return 0;
	return take(s, i, stop, ENTITY_API_KEY, RULE_KEY_PREFIX, 95);
}

/* "-----BEGIN X PRIVATE KEY-----" up to its end, or that of the text. */
uint32_t recognizer_secret_begin(struct scan *s, uint32_t i)
{
	static const char mark[] = "PRIVATE KEY", last[] = "-----END";
	uint32_t head = s->n - i < 48 ? s->n - i : 48, end;
	const uint8_t *at;

	if (i < 5 || memcmp(s->t + i - 5, "-----", 5) != 0)
		return 0;
	at = memmem(s->t + i, head, mark, sizeof(mark) - 1);
	if (at == NULL)
		return 0;
	at = memmem(at, s->n - (size_t)(at - s->t), last, sizeof(last) - 1);
	end = at == NULL ? s->n : (uint32_t)(at - s->t) + 8;
	s->steps += end - i;
	while (end < s->n && at != NULL && s->t[end] != '\n' &&
	       s->t[end] != '\\' && end < (uint32_t)(at - s->t) + 64)
		end++;
	return take(s, i - 5, end, ENTITY_PRIVATE_KEY, RULE_KEY_PRIVATE, 100);
}
