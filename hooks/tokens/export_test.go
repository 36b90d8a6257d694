package tokens

// HasScope reports whether a request is for tokens.
func HasScope(method, path string) bool {
	_, ok := newTable().scopeOf(method, path)
	return ok
}
