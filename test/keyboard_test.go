package e2e

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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
