package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
)

// axe is the script of axe-core, which finds accessibility faults; testdata/axe/README.md says which version.
var axe = sync.OnceValues(func() (string, error) {
	found, err := filepath.Glob("testdata/axe/axe-*.min.js")
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("axe-core is %v, %w: run node scripts/vendor.mjs", found, err)
	}
	code, err := os.ReadFile(found[0])
	if err != nil {
		return "", err
	}
	sums, err := os.ReadFile("testdata/axe/SHA256SUMS")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(code)
	if !strings.Contains(string(sums), hex.EncodeToString(sum[:])+"  "+filepath.Base(found[0])) {
		return "", fmt.Errorf("%s is not what SHA256SUMS says: run node scripts/vendor.mjs", found[0])
	}
	return string(code), nil
})

// fault is a rule that a page breaks, and where.
type fault struct {
	Rule, Help string
	Places     []string
}

// accessible fails the test for every fault that axe-core finds in what is shown now: WCAG 2.2 AA and what is
// considered good practice. The frames with messages are left out: they hold what users write. Of an open menu
// or dialog only that is looked at, for it lies over the page.
func (b *browser) accessible(what string) {
	b.t.Helper()
	b.follows(allRules, what)
}

// readable fails the test for the faults that another theme can make: colors with too little contrast.
func (b *browser) readable(what string) {
	b.t.Helper()
	b.follows(colorRules, what)
}

// What axe-core is to look for.
const (
	allRules   = `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`
	colorRules = `{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`
)

// follows fails the test for every fault that axe-core finds by some rules.
func (b *browser) follows(rules, what string) {
	b.t.Helper()
	code, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	// Evaluated through the browser's protocol, which the page's policy for scripts does not concern.
	if !ask[bool](b, "Boolean(window.axe)") {
		b.do("load axe-core", chromedp.Evaluate[chromedp.Void](code))
	}
	// Colors are measured as they are at the moment: those of a transition under way may have too little contrast.
	// Animations that never end, of what is loading, are not waited for.
	const settle = `(async () => {
		for (;;) {
			await new Promise(requestAnimationFrame);
			const ending = document.getAnimations().filter((a) => a.playState === 'running' && Number.isFinite(a.effect.getComputedTiming().endTime));
			if (!ending.length) return true;
			await Promise.allSettled(ending.map((a) => a.finished));
		}
	})()`
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](settle, chromedp.EvalAwaitPromise)); err != nil {
		b.t.Fatalf("could not wait for the end of the transitions: %v", err)
	}
	run := `axe.run(document.querySelector(':popover-open, dialog[open]') ?? document, {
		runOnly: ` + rules + `,
		resultTypes: ['violations'], iframes: false, preload: false,
	}).then(({violations}) => violations.map(({id, help, nodes}) => ({
		rule: id, help, places: nodes.map(({target, any, all, none}) => target.flat().join(' ') + ' – ' + [...any, ...all, ...none].map(({message}) => message).join('; ')),
	})))`
	faults, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]fault](run, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("could not run axe-core: %v", err)
	}
	for _, f := range faults {
		b.t.Errorf("%s at %s breaks %s (%s):\n\t%s", what, ask[string](b, "location.hash || '#/'"), f.Rule, f.Help, strings.Join(f.Places, "\n\t"))
	}
}
