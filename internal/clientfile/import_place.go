package clientfile

import "errors"

// errTooManyImports is the error of more imports than an owner may have at the same time.
var errTooManyImports = errors.New("one import is running and two are waiting already")

// Reserve takes a place for an import of the owner, before its file is uploaded.
// Release gives it back; it does nothing after Submit has taken the place. The error is errTooManyImports.
func (im *Importer) Reserve(owner string) (*Place, error) {
	done, ok := im.places.Begin(owner)
	if !ok {
		return nil, errTooManyImports
	}
	return &Place{owner: owner, done: done}, nil
}

// Place is the right to one import.
type Place struct {
	owner string
	done  func()
	taken bool
}

// Owner is whose import the place is for.
func (p *Place) Owner() string { return p.owner }

// Release gives the place back unless an import has it.
func (p *Place) Release() {
	if !p.taken {
		p.done()
	}
}
