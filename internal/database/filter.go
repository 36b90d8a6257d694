package database

import (
	"strings"
	"unicode/utf8"

	"github.com/ganigeorgiev/fexpr"
)

// MaxPattern is how many characters a filter or a search may look for with one condition.
const MaxPattern = 256

// PatternTooLong reports whether a text has more characters than a pattern may have.
func PatternTooLong(pattern string) bool { return utf8.RuneCountInString(pattern) > MaxPattern }

// likeEscaper puts a backslash before the characters that LIKE gives a meaning.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Containing returns the pattern of all texts that contain s, for a LIKE with ESCAPE '\'.
func Containing(s string) string { return "%" + likeEscaper.Replace(s) + "%" }

// HasLongPattern reports whether some condition of a filter in PocketBase's syntax looks for a text that is too long.
// Patterns that come from a field are as long as the field allows. A filter that cannot be read has none.
func HasLongPattern(filter string) bool {
	groups, err := fexpr.Parse(filter)
	return err == nil && hasLongPattern(groups)
}

func hasLongPattern(groups []fexpr.ExprGroup) bool {
	for _, group := range groups {
		long := false
		switch item := group.Item.(type) {
		case fexpr.Expr:
			long = strings.HasSuffix(string(item.Op), "~") && longText(item.Right)
		case fexpr.ExprGroup:
			long = hasLongPattern([]fexpr.ExprGroup{item})
		case []fexpr.ExprGroup:
			long = hasLongPattern(item)
		}
		if long {
			return true
		}
	}
	return false
}

// longText looks into the arguments of functions too: the format of a date comes out as it went in.
func longText(t fexpr.Token) bool {
	if args, ok := t.Meta.([]fexpr.Token); ok {
		for _, arg := range args {
			if longText(arg) {
				return true
			}
		}
		return false
	}
	return t.Type != fexpr.TokenIdentifier && PatternTooLong(t.Literal)
}
