package clientrow

import (
	"regexp"
	"strings"

	"gonets/internal/address"
	"gonets/internal/excerpt"
)

var addressProblems = map[string]string{
	"no_email":       "there is no e-mail address",
	"bad_email":      "this is not an e-mail address",
	"several_emails": "there is more than one e-mail address: give each a line of its own",
	"mixed_letters":  "a word of the address mixes letters of several alphabets, such as a Cyrillic а among Latin letters",
}

var namedAddress = regexp.MustCompile(`^(.*)<([^<>]+)>$`)

// parseAddress reads a cell with an address, alone or as "Name <address>". problem is a key of
// addressProblems, or "".
func parseAddress(cell string) (email, name, problem string) {
	cell = strings.TrimRight(Clean(cell), ".,; ")
	if len(cell) > maxAddress {
		return "", "", badAddress(cell)
	}
	if strings.HasSuffix(cell, ">") { // without it the expression would look at each address of a file, in a tenth of the time of an import
		if found := namedAddress.FindStringSubmatch(cell); found != nil {
			name, cell = strings.Trim(Clean(found[1]), `"' `), found[2]
		}
	}
	if len(cell) > len("mailto:") && strings.EqualFold(cell[:len("mailto:")], "mailto:") {
		cell = cell[len("mailto:"):]
	}
	if cell == "" {
		return "", "", "no_email"
	}
	email, err := address.Normalize(cell)
	if err != nil {
		return "", "", badAddress(cell)
	}
	if address.MixesScripts(email) {
		return "", "", "mixed_letters"
	}
	return email, excerpt.OneLine(name), ""
}

// badAddress is the problem of a cell that holds no address.
func badAddress(cell string) string {
	if strings.Count(cell, "@") > 1 && strings.ContainsAny(cell, ",; /\n") {
		return "several_emails"
	}
	return "bad_email"
}

// isAddress reports whether a cell holds an e-mail address.
func isAddress(cell string) bool {
	_, _, problem := parseAddress(cell)
	return problem == ""
}
