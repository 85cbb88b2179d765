package gleif

// lei is a legal entity identifier (ISO 17442), packed: two numbers of base 36
// with ten digits each.
type lei [2]uint64

// parseLEI packs an identifier; ok is false where s is none: 18 capital letters
// or digits and two check digits.
func parseLEI(s string) (id lei, ok bool) {
	if len(s) != 20 {
		return lei{}, false
	}
	for i := range len(s) {
		v := s[i] - '0'
		switch {
		case v <= 9:
		case i < 18 && s[i] >= 'A' && s[i] <= 'Z':
			v = s[i] - 'A' + 10
		default:
			return lei{}, false
		}
		id[i/10] = id[i/10]*36 + uint64(v)
	}
	return id, true
}

// checkDigits reports whether the check digits of an identifier fit (ISO 7064,
// MOD 97-10).
func checkDigits(s string) bool {
	rest := 0
	for i := range len(s) {
		if s[i] >= 'A' {
			rest = (rest*100 + int(s[i]-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(s[i]-'0')) % 97
		}
	}
	return rest == 1
}

// state is what is known of an identifier.
type state struct {
	direct, ultimate reasons // why no parent is reported
	marks            marks
}

// marks say what was met of an identifier.
type marks uint16

const (
	declared       marks = 1 << iota // it is a company
	passed                           // its record was passed over
	directTaken                      // its exception from reporting a direct parent was accepted
	ultimateTaken                    // the same of the ultimate parent
	exceptionShown                   // a row of the dataset tells the exceptions
)
