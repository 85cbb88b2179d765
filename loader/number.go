package loader

import (
	"math"
	"strconv"
)

// Int reads a whole number: decimal digits after an optional minus sign,
// nothing else, within 32 bits. The Reason is blank where it is one.
func Int(s string) (int, Reason) {
	digits := s
	if digits != "" && digits[0] == '-' {
		digits = digits[1:]
	}
	if digits == "" {
		if s == "" {
			return 0, Missing
		}
		return 0, NotInteger
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, NotInteger
		}
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
func Float(s string) (float64, Reason) {
	if s == "" {
		return 0, Missing
	}
	nonzero, ok := decimal(s)
	if !ok {
		return 0, NotNumber
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) || (v == 0 && nonzero) {
		return 0, OutOfRange
	}
	return v + 0, "" // -0 + 0 = 0
}

// decimal reports whether s is a decimal number, and whether it is one other
// than zero.
func decimal(s string) (nonzero, ok bool) {
	i := 0
	if s[i] == '-' {
		i++
	}
	digits, points := 0, 0
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
			nonzero = nonzero || c != '0'
		case c == '.' && points == 0:
			points++
		case (c == 'e' || c == 'E') && digits > 0:
			return nonzero, exponent(s[i+1:])
		default:
			return false, false
		}
	}
	return nonzero, digits > 0
}

func exponent(s string) bool {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
