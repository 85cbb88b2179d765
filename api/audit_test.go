package api_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// audits is how many the pinned version of graphql-http has.
const audits = 61

// TestAudits holds the server to every audit of npm's graphql-http, which is
// kept by the authors of the specification GraphQL over HTTP.
func TestAudits(t *testing.T) {
	url := serve(t, config(t))
	cmd := exec.Command("node", "run.mjs", url+"/graphql")
	cmd.Dir = auditFolder(t)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node run.mjs: %v\n%s", err, stderr.String())
	}
	run := 0
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); run++ {
		var audit struct{ ID, Name, Status, Reason string }
		if err := json.Unmarshal(lines.Bytes(), &audit); err != nil {
			t.Fatal(err)
		}
		if audit.Status != "ok" {
			t.Errorf("%s %s: %s: %s", audit.ID, audit.Name, audit.Status, audit.Reason)
		}
	}
	if run != audits {
		t.Errorf("%d audits ran, not %d", run, audits)
	}
}

// auditFolder installs the audits, once for each version, outside the checkout.
func auditFolder(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("the audits of GraphQL over HTTP need Node.js 18 or later with npm (apt-get install nodejs npm, brew install node, or https://nodejs.org): %v", err)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"package.json", "package-lock.json", "run.mjs"}
	sum := sha256.New()
	files := map[string][]byte{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("testdata", "audits", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = text
		sum.Write(text)
	}
	folder := filepath.Join(cache, "tiermap", "audits-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	partial, err := os.MkdirTemp(filepath.Dir(folder), "partial-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(partial); err != nil {
			t.Error(err)
		}
	})
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(partial, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = partial
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci (it needs the npm registry, once): %v\n%s", err, out)
	}
	// Whole or not at all, whoever else installs them at this moment.
	if err := os.Rename(partial, folder); err != nil {
		if _, statErr := os.Stat(folder); statErr != nil {
			t.Fatal(err)
		}
	}
	return folder
}
