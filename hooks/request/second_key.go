package request

import "github.com/pocketbase/pocketbase/core"

// SecondKey refuses a second DKIM key that receivers would look for where the first one is, or nowhere.
func (r Refusals) SecondKey(record *core.Record) {
	switch selector := record.GetString("dkim_selector_2"); {
	case selector == "" && record.GetString("dkim_key_2") != "":
		r.Add("dkim_selector_2", "selector_required", "Set the selector at which the second key is published")
	case selector != "" && selector == record.GetString("dkim_selector"):
		r.Add("dkim_selector_2", "same_selector", "Must not be the selector of the first key")
	}
}
