package middleware

// What the tests of this package read beside its routes.
const (
	MaxBody       = maxBody
	MaxParallel   = maxParallel
	MaxValues     = maxValues
	SessionHeader = sessionHeader
)

var (
	BindLargeAnswersWithin = bindLargeAnswersWithin
	BindRealtimeWithin     = bindRealtimeWithin
	FormLimits             = formLimits
)
