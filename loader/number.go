package loader

import (
	"math"
	"strconv"
	"strings"

	"tiermap/graph"
)

// Int reads a whole number: decimal digits after an optional minus sign,
// nothing else, within 32 bits. The Reason is blank where it is one.
func Int(s string) (int, Reason) {
	if s == "" {
		return 0, Missing
	}
	if rest := strings.TrimPrefix(s, "-"); rest == "" || !digits(rest) {
		return 0, NotInteger
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n == math.MinInt32 { // the lowest stands for "not known"
		return 0, OutOfRange
	}
	return int(n), ""
}

// Float reads a decimal number: an optional minus sign, digits with at most
// one point, an optional exponent. The Reason is blank where it is one.
// NaN, Inf, hexadecimal numbers, underscores, a leading plus, separators of
// thousands and blanks are no numbers; what a float64 cannot hold (1e400, or
// 1e-400, which would turn into zero) is out of range; -0 is 0.
func Float(s string) (float64, Reason) { return FloatIn(s, 0) }

// FloatIn is Float for a number that counts in units of 10^power: "8.751" in
// thousands (power 3) is 8751. The result is the float64 nearest to the exact
// decimal, as if the point had been moved in the text.
func FloatIn(s string, power int) (float64, Reason) {
	if s == "" {
		return 0, Missing
	}
	mantissa, exponent, ok := decimal(s)
	if !ok {
		return 0, NotNumber
	}
	if e, err := strconv.Atoi(exponent); err == nil && power != 0 {
		exponent = strconv.Itoa(e + power)
	}
	v, err := strconv.ParseFloat(mantissa+"e"+exponent, 64)
	if err != nil || (v == 0 && strings.ContainsAny(mantissa, "123456789")) {
		return 0, OutOfRange
	}
	return v + 0, "" // -0 + 0 = 0
}

// decimal takes a decimal number apart; an exponent that is not there is 0.
func decimal(s string) (mantissa, exponent string, ok bool) {
	mantissa, exponent = s, "0"
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent = s[:i], s[i+1:]
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	power := exponent
	if power != "" && (power[0] == '-' || power[0] == '+') {
		power = power[1:]
	}
	return mantissa, exponent, digits(whole) && digits(fraction) && whole+fraction != "" && digits(power) && power != ""
}

// digits reports whether s has decimal digits only.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Within holds a number against the bounds of a field. The Reason is blank
// where it keeps them.
func Within(f graph.Field, v float64) Reason {
	bounded := f.Min != f.Max
	switch {
	case v < 0 && (f.Positive || bounded && f.Min >= 0):
		return Negative
	case bounded && (v < f.Min || v > f.Max), f.Positive && v == 0:
		return OutOfRange
	}
	return ""
}
