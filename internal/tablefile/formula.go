package tablefile

import "strings"

// A spreadsheet program takes a cell that begins so for a formula, and a formula can send what is in
// the sheet elsewhere. Exported cells that begin so get an apostrophe in front, which import takes away
// again; a text that has apostrophes there of its own gets one more, so that nothing is lost.
const formulaStarts = "=+-@\t\r"

// guard makes sure that a cell is text in a spreadsheet program.
func guard(cell string) string {
	if looksLikeFormula(cell) {
		return "'" + cell
	}
	return cell
}

// unguard takes guard back.
func unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && looksLikeFormula(cell) {
		return cell[1:]
	}
	return cell
}

func looksLikeFormula(cell string) bool {
	rest := strings.TrimLeft(cell, "'")
	return rest != "" && strings.IndexByte(formulaStarts, rest[0]) >= 0
}
