package demoserver

import (
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"gonets/internal/demo"
)

// roleWords are the names of the roles in both languages.
var roleWords = map[string]string{
	"owner":     "owner, владелец",
	"manager":   "manager, менеджер",
	"superuser": "superuser, администратор",
}

// greet writes the address of the demo and its accounts.
func greet(out io.Writer, address, folder string) {
	if absolute, err := filepath.Abs(folder); err == nil {
		folder = absolute
	}
	fmt.Fprintf(out, "\nGonets is ready to be tried: open %s\nГонец готов, откройте %s\n\n", address, address)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "who, кто\te-mail\tpassword, пароль\tat, где")
	for _, a := range demo.Accounts() {
		at := address
		if a.Role == "superuser" {
			at += "/_/"
		}
		who := roleWords[a.Role]
		if a.Name != "" {
			who = a.Name + " (" + who + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", who, a.Email, demo.Password, at)
	}
	_ = w.Flush()
	fmt.Fprintf(out, `
Nothing leaves this machine: every mail is caught, see %[1]s/#/outbox
Ни одно письмо не уйдёт: вся почта собирается здесь, %[1]s/#/outbox

Data, данные: %[2]s (gonets demo --reset starts over, начнёт заново)
Ctrl-C stops, остановит.
`, address, folder)
}
