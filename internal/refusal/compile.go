package refusal

import (
	"strings"
	"sync"

	"gonets/internal/phrase"
)

// table is the table as it is asked: all of its words are looked for in one pass.
type table struct {
	phrases *phrase.Set
	words   []conditions // of each row
}

// conditions are the words of a row.
type conditions struct{ words, but []condition }

// condition is one phrase, by its number in table.phrases, or two, of which the second is behind the first. Then is -1 if
// there is no second.
type condition struct{ phrase, then int }

// compiled makes the table once.
var compiled = sync.OnceValue(func() *table {
	t := &table{}
	var list []string
	numbers := map[string]int{}
	number := func(p string) int {
		if _, ok := numbers[p]; !ok {
			numbers[p] = len(list)
			list = append(list, p)
		}
		return numbers[p]
	}
	all := func(words []string) (result []condition) {
		for _, w := range words {
			first, second, two := strings.Cut(w, "…")
			c := condition{number(first), -1}
			if two {
				c.then = number(second)
			}
			result = append(result, c)
		}
		return result
	}
	for _, r := range rows {
		t.words = append(t.words, conditions{all(r.words), all(r.but)})
	}
	t.phrases = phrase.New(list...)
	return t
})

func (c *conditions) fit(places []phrase.Place) bool {
	return (len(c.words) == 0 || anyIn(c.words, places)) && !anyIn(c.but, places)
}

func anyIn(list []condition, places []phrase.Place) bool {
	for _, c := range list {
		first := places[c.phrase]
		if first.End > 0 && (c.then < 0 || places[c.then].End > 0 && places[c.then].Last >= first.End) {
			return true
		}
	}
	return false
}
