package facilities

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"tiermap/loader"
)

// holding is one owner in a text of owners.
type holding struct {
	name        string
	share       float64 // 0..1; -1 = not stated
	from, until string  // days or years that the text gives; blank = none
}

var (
	shareText = regexp.MustCompile(`\(\s*([0-9][0-9.,]*)\s*%\s*[()]`)
	soldText  = regexp.MustCompile(`^sold (?:their interest )?on (\d{1,2} [A-Z][a-z]+ \d{4})$`)
	timeText  = regexp.MustCompile(`^(Until|After) (\d{4}): ?`)
)

// owners takes a text of owners apart: "A Ltd (40%), B Co., Ltd. (60%)". What
// stands between two shares is a name, so that commas and brackets within names
// do no harm. "sold on 31 December 2014" behind the last ends all of them; "After
// 2007:" and "Until 2007:" before a name bound that one. A text without any
// percentage is one owner of whom the share is not known. The Reason is not
// blank where the text cannot be read, or its shares sum to more than 1.005.
func owners(text string) (list []holding, reason loader.Reason, detail string) {
	at := shareText.FindAllStringSubmatchIndex(text, -1)
	if len(at) == 0 {
		if strings.Contains(text, "%") {
			return nil, loader.NotAllowed, "owners are written like A Ltd (40%), B Inc. (60%)"
		}
		return []holding{{name: strings.TrimSpace(text), share: -1}}, "", ""
	}
	start, sum := 0, 0.0
	for _, m := range at {
		h := holding{name: ownerName(text[start:m[0]])}
		percent, wrong := loader.FloatIn(strings.ReplaceAll(text[m[2]:m[3]], ",", "."), -2)
		if wrong != "" || percent > 1 {
			return nil, loader.OutOfRange, fmt.Sprintf("%s is no percentage", text[m[2]:m[3]])
		}
		if t := timeText.FindStringSubmatch(h.name); t != nil {
			h.name = h.name[len(t[0]):]
			if t[1] == "Until" {
				h.until = t[2]
			} else {
				h.from = t[2]
			}
		}
		if h.name == "" || strings.Contains(h.name, "%") {
			return nil, loader.NotAllowed, "a share has no owner: owners are written like A Ltd (40%), B Inc. (60%)"
		}
		if h.share = percent; h.until == "" {
			sum += percent
		}
		list = append(list, h)
		start = m[1]
	}
	if sum > 1.005 {
		return nil, loader.Conflict, fmt.Sprintf("the shares sum to %.4g%%", sum*100)
	}
	return ended(list, strings.Trim(text[start:], " ,.;"))
}

// ownerName takes off what joins an owner to the one before.
func ownerName(text string) string {
	text = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(text), ",;. "))
	text = strings.TrimPrefix(text, "Joint Venture: ")
	if rest, ok := strings.CutPrefix(text, "and "); ok {
		text = strings.TrimSpace(rest)
	}
	return text
}

// ended reads what stands behind the last share.
func ended(list []holding, rest string) ([]holding, loader.Reason, string) {
	if rest == "" {
		return list, "", ""
	}
	m := soldText.FindStringSubmatch(rest)
	if m == nil {
		return nil, loader.NotAllowed, fmt.Sprintf("it is not known what %q behind the last share means", rest)
	}
	day, err := time.Parse("2 January 2006", m[1])
	if err != nil {
		return nil, loader.NotDate, m[1]
	}
	for i := range list {
		list[i].until = day.Format(time.DateOnly)
	}
	return list, "", ""
}
