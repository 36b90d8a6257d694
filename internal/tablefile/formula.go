package tablefile

import "strings"

// formulaStarts are the characters with which a cell becomes a formula in a spreadsheet program. A formula can send the
// content of the sheet somewhere else.
const formulaStarts = "=+-@\t\r"

// Guard returns a cell of a CSV file that a spreadsheet program takes for text: one that begins like a formula gets an
// apostrophe in front. So does one that has apostrophes there already, so that Unguard can restore every text.
func Guard(cell string) string {
	if looksLikeFormula(cell) {
		return "'" + cell
	}
	return cell
}

// Unguard returns the text of a guarded cell.
func Unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && looksLikeFormula(cell) {
		return cell[1:]
	}
	return cell
}

func looksLikeFormula(cell string) bool {
	rest := strings.TrimLeft(cell, "'")
	return rest != "" && strings.IndexByte(formulaStarts, rest[0]) >= 0
}
