package clientrow

import (
	"slices"
	"strings"

	"gonets/internal/tablefile"
)

// Counts has how many addresses each column has, and how many cells that are not empty.
type Counts struct{ Addresses, Filled []int }

// Add counts the cells of a record.
func (c *Counts) Add(record []string) {
	for len(c.Filled) < min(len(record), tablefile.MaxColumns) {
		c.Filled, c.Addresses = append(c.Filled, 0), append(c.Addresses, 0)
	}
	for i, cell := range record[:min(len(record), len(c.Filled))] {
		if strings.TrimSpace(cell) == "" {
			continue
		}
		c.Filled[i]++
		if strings.Contains(cell, "@") && isAddress(cell) {
			c.Addresses[i]++
		}
	}
}

// Enough reports whether the column of the addresses is known: one that is called so and has some, or, if none is called so,
// any that has some.
func (c *Counts) Enough(header []string) bool {
	called := false
	for i, cell := range header {
		if kind, _ := kindOfHeader(Clean(cell)); kind == kindEmail {
			called = true
			if i < len(c.Addresses) && c.Addresses[i] > 0 {
				return true
			}
		}
	}
	return !called && slices.ContainsFunc(c.Addresses, func(n int) bool { return n > 0 })
}
