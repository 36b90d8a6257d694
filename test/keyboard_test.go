package e2e

import (
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	aField  = "input, textarea, [contenteditable=true]"
	aButton = "button, a[href]"
)

// key presses keys as a person does who has no mouse: kb.Tab, kb.Enter, or a text.
func (b *browser) key(keys string) {
	b.t.Helper()
	b.do("press the keys "+strings.Trim(keys, "\t\r"), chromedp.KeyEvent(keys))
}

// shut closes the dialogs and menus that are open.
func (b *browser) shut() {
	b.t.Helper()
	eventually(b.ctx, b.t, "no dialog is open", func() bool {
		b.t.Helper()
		if !ask[bool](b, `Boolean(document.querySelector('dialog[open], :popover-open'))`) {
			return true
		}
		b.key(kb.Escape)
		return false
	})
}

// tabTo presses Tab until the control with this accessible name has the focus; what has it on the way must be seen to
// have it. A field may be named by the beginning of its label, which goes on with "optional", a button by all of its.
func (b *browser) tabTo(kind, name string) {
	b.t.Helper()
	const far = 120 // more than any page has controls before what one goes to
	var passed []string
	for range far {
		f := ask[focused](b, focusedNow)
		if !f.Seen {
			b.t.Errorf("%s: nobody sees that %q has the focus", ask[string](b, "location.hash"), f.Name)
		}
		if (strings.EqualFold(f.Name, name) || kind == aField && strings.HasPrefix(f.Name, name)) && ask[bool](b, fmt.Sprintf("document.activeElement.matches(%q)", kind)) {
			return
		}
		passed = append(passed, f.Name)
		b.key(kb.Tab)
	}
	b.t.Fatalf("Tab does not lead to %q among %s, but to %.3000q", name, kind, passed)
}

// focused is what has the focus.
type focused struct {
	Name string // as a screen reader says it
	Seen bool   // it shows that it has the focus
}

// focusedNow finds out. A heading that a page has put the focus on for screen readers is no control; a box or a
// radio button that is drawn by its label may show the focus there.
const focusedNow = `(() => {
	const element = document.activeElement;
	const by = element.getAttribute('aria-labelledby');
	const name = element.getAttribute('aria-label')
		|| (by && by.split(' ').map(id => document.getElementById(id)?.innerText ?? '').join(' '))
		|| (element.labels?.length && element.labels[0].innerText)
		|| element.innerText || element.placeholder || '';
	const ring = e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none'; };
	const control = element.matches('a, button, input, select, textarea, summary, [contenteditable=true]');
	return {name: name.replace(/\s+/g, ' ').trim(), seen: !control || [element, element.closest('label'), element.parentElement].some(e => e && ring(e))};
})()`
