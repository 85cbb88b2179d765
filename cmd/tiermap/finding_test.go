package main

import (
	"strings"
	"testing"
)

func TestAskFinding(t *testing.T) {
	store := map[string]string{"TIERMAP_STORE": loadedT1(t)}
	question := `{ dependencies(countries: ["C", "B"], products: ["p"]) { year } }`
	r := runWith(t, "", store, "ask", "--finding", question)
	want := "In 2020, Cland bought 17 % of its pebbles from Aland, yet 67 % of it starts there."
	first, rest, _ := strings.Cut(r.stdout, "\n")
	if r.status != exitDone || first != want {
		t.Errorf("%d: %s\n%s\nwant %s", r.status, first, r.stderr, want)
	}
	if findings := strings.Split(rest, "\n\n"); len(findings) != 2 || !strings.Contains(findings[1], "Bland") {
		t.Errorf("the second finding is missing:\n%s", r.stdout)
	}
	r = runWith(t, "", store, "ask", "--finding", "--language", "nl", question)
	if !strings.HasPrefix(r.stdout, "In 2020 kwam 17 % van het aanbod van pebbles in Cland uit Aland, maar 67 % begint daar.") {
		t.Errorf("not Dutch:\n%s%s", r.stdout, r.stderr)
	}
	r = runWith(t, "", store, "ask", "--finding", "--intervals", question)
	if want := "In 2020, Cland bought 17 % of its pebbles from Aland, yet 67 % (90 % interval 62 to 71 %) of it starts there."; !strings.HasPrefix(r.stdout, want) ||
		!strings.Contains(r.stdout, "the middle 90 % of 200 draws") {
		t.Errorf("no intervals:\n%s%s", r.stdout, r.stderr)
	}
	if r := runWith(t, "", store, "ask", "--intervals", question); r.status != exitFailed || !strings.Contains(r.stdout, "goes with --finding") {
		t.Errorf("intervals alone: %d\n%s", r.status, r.stdout)
	}
	for _, c := range []struct{ language, question, message string }{
		{"fr", question, "there are en and nl"},
		{"en", "{ countries(first: 1) { totalCount } }", "asks for dependency"},
		{"en", "{", "cannot be read"},
		{"en", `{ dependency(country: "Q", product: "p") }`, "NOT_FOUND"},
	} {
		if r := runWith(t, "", store, "ask", "--finding", "--language", c.language, c.question); r.status != exitFailed || !strings.Contains(r.stdout, c.message) {
			t.Errorf("%s: %d\n%s", c.question, r.status, r.stdout)
		}
	}
}
