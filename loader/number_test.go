package loader

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"testing"

	"tiermap/graph"
)

func TestInt(t *testing.T) {
	tests := []struct {
		text   string
		want   int
		reason Reason
	}{
		{"0", 0, ""}, {"842", 842, ""}, {"004", 4, ""}, {"-3", -3, ""}, {"2147483647", math.MaxInt32, ""},
		{"", 0, Missing},
		{"4.5", 0, NotInteger}, {"4.0", 0, NotInteger}, {"4e2", 0, NotInteger}, {"+4", 0, NotInteger}, {" 4", 0, NotInteger},
		{"0x10", 0, NotInteger}, {"1_000", 0, NotInteger}, {"-", 0, NotInteger}, {"--4", 0, NotInteger}, {"٤", 0, NotInteger},
		{"NaN", 0, NotInteger}, {"1,000", 0, NotInteger},
		{"2147483648", 0, OutOfRange}, {"-2147483648", 0, OutOfRange}, {"99999999999999999999", 0, OutOfRange},
	}
	for _, test := range tests {
		if got, reason := Int(test.text); got != test.want || reason != test.reason {
			t.Errorf("Int(%q) = %d, %q; want %d, %q", test.text, got, reason, test.want, test.reason)
		}
	}
}

func TestFloat(t *testing.T) {
	tests := []struct {
		text   string
		want   float64
		reason Reason
	}{
		{"0", 0, ""}, {"1.980", 1.98, ""}, {".433", 0.433, ""}, {"5.", 5, ""}, {"1e+05", 100000, ""}, {"2.5E-3", 0.0025, ""},
		{"-7", -7, ""}, {"-0", 0, ""}, {"-0.000", 0, ""}, {"0e999", 0, ""}, {"1e308", 1e308, ""},
		{"5e-324", 5e-324, ""}, {"123456789012345678901234567890", 123456789012345678901234567890, ""},
		{"0.1000000000000000055511151231257827021181583404541015625", 0.1, ""},
		{"", 0, Missing},
		{"NaN", 0, NotNumber}, {"nan", 0, NotNumber}, {"Inf", 0, NotNumber}, {"-inf", 0, NotNumber}, {"Infinity", 0, NotNumber},
		{"NA", 0, NotNumber}, {"0x1p-2", 0, NotNumber}, {"1_000", 0, NotNumber}, {"+1", 0, NotNumber}, {"1 000", 0, NotNumber},
		{"1,5", 0, NotNumber}, {".", 0, NotNumber}, {"-", 0, NotNumber}, {"-.", 0, NotNumber}, {"e5", 0, NotNumber}, {"1e", 0, NotNumber},
		{"1e+", 0, NotNumber}, {"1e5.5", 0, NotNumber}, {"1.2.3", 0, NotNumber}, {"1e5e5", 0, NotNumber}, {"--1", 0, NotNumber}, {" 1", 0, NotNumber},
		{"1e400", 0, OutOfRange}, {"-1e400", 0, OutOfRange}, {"1e-400", 0, OutOfRange}, {"1e99999999999999999999", 0, OutOfRange},
		{"1e-99999999999999999999", 0, OutOfRange},
	}
	for _, test := range tests {
		got, reason := Float(test.text)
		if got != test.want || reason != test.reason || math.Signbit(got) != math.Signbit(test.want) {
			t.Errorf("Float(%q) = %v, %q; want %v, %q", test.text, got, reason, test.want, test.reason)
		}
	}
}

func TestFloatIn(t *testing.T) {
	tests := []struct {
		text   string
		power  int
		want   float64
		reason Reason
	}{
		{"8.751", 3, 8751, ""},
		{"0.007", 3, 7, ""},
		{"1.005", 3, 1005, ""}, // 1.005*1000 is 1004.9999999999999
		{"2.5e-3", 3, 2.5, ""},
		{"8751", -3, 8.751, ""},
		{"0.3", -3, 0.0003, ""},
		{"1e307", 3, 0, OutOfRange},
		{"1e306", 2, 1e308, ""},
		{"", 3, 0, Missing},
		{"NA", 3, 0, NotNumber},
	}
	for _, test := range tests {
		if got, reason := FloatIn(test.text, test.power); got != test.want || reason != test.reason {
			t.Errorf("FloatIn(%q, %d) = %v, %q; want %v, %q", test.text, test.power, got, reason, test.want, test.reason)
		}
	}
}

func TestWithin(t *testing.T) {
	share := graph.Field{Min: 0, Max: 1}
	fraction := graph.Field{Min: 0, Max: 10, Positive: true}
	latitude := graph.Field{Min: -90, Max: 90}
	free := graph.Field{}
	positive := graph.Field{Positive: true}
	tests := []struct {
		field graph.Field
		v     float64
		want  Reason
	}{
		{share, 0, ""}, {share, 1, ""}, {share, -1e-9, Negative}, {share, 1.0000001, OutOfRange},
		{fraction, 0, OutOfRange}, {fraction, 10, ""}, {fraction, -1, Negative},
		{latitude, -90, ""}, {latitude, -91, OutOfRange}, {latitude, 91, OutOfRange},
		{free, -1e300, ""}, {positive, 0, OutOfRange}, {positive, -1, Negative}, {positive, 1, ""},
	}
	for _, test := range tests {
		if got := Within(test.field, test.v); got != test.want {
			t.Errorf("Within(%+v, %v) = %q, want %q", test.field, test.v, got, test.want)
		}
	}
}

var decimalText = regexp.MustCompile(`^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

// FuzzNumber holds Int, Float and FloatIn against strconv and exact rationals.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"1.980", "-0", "1e400", "0x1p4", "1_0", ".5e-3", "", "NaN", "2147483648", "9007199254740993e-5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := strconv.ParseInt(s, 10, 32)
		if i, reason := Int(s); reason == "" && (err != nil || int64(i) != n) {
			t.Errorf("Int(%q) = %d, strconv says %d, %v", s, i, n, err)
		}
		want, err := strconv.ParseFloat(s, 64)
		v, reason := Float(s)
		if isDecimal := decimalText.MatchString(s); (reason == NotNumber || reason == Missing) == isDecimal {
			t.Fatalf("Float(%q): %q, but it is a decimal: %v", s, reason, isDecimal)
		}
		if reason != "" {
			return
		}
		if err != nil || v != want {
			t.Errorf("Float(%q) = %v, strconv says %v, %v", s, v, want, err)
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok || len(s) > 40 || math.Abs(v) > 1e100 || v != 0 && math.Abs(v) < 1e-100 {
			return
		}
		nearest, _ := exact.Mul(exact, big.NewRat(1000, 1)).Float64()
		if got, reason := FloatIn(s, 3); got != nearest || reason != "" {
			t.Errorf("FloatIn(%q, 3) = %v, %q; the nearest is %v", s, got, reason, nearest)
		}
	})
}
