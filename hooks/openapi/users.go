package openapi

import (
	"gonets/hooks/api"
	"gonets/hooks/tokens"
	"gonets/internal/sender"
	"gonets/internal/token"
)

// userRoutes are about accounts, their tokens, and the senders that they may use.
var userRoutes = []Route{
	{
		Method: post, Path: prefix + "/tokens", ID: "makeToken", Summary: "Makes a token for a program; the answer alone has its secret",
		Body: tokens.NewToken{Name: "Order form", Scopes: []string{"read", "send"}, Expires: "2027-12-31"}, Needs: []string{"name", "scopes"},
		Answers: Answers{201: tokens.MadeToken{ID: exampleID, Name: "Order form", Scopes: []token.Scope{token.Read, token.Send}, Secret: "gnt_…"}},
		Errors: Errors{400: {
			"name.required", "name.too_long", "name.no_line_breaks", "name.too_many_tokens", "scopes.required", "scopes.unknown_scope", "expires.invalid_date",
		}},
	},
	{
		Method: del, Path: prefix + "/tokens/{id}", ID: "revokeToken", Summary: "Revokes a token and ends its realtime connections", Answers: Answers{204: nil},
	},
	{
		Method: post, Path: prefix + "/sign-out-everywhere", ID: "signOutEverywhere", Summary: "Ends all your sessions; tokens of programs stay",
		Answers: Answers{204: nil}, Errors: Errors{404: nil},
	},
	{
		Method: post, Path: prefix + "/users/{id}/block", ID: "blockUser", Summary: "Blocks a user", For: managers, Body: api.Block{Reason: "The list was bought"},
		Needs: []string{"reason"}, Answers: Answers{200: record("users")}, Errors: Errors{400: {"reason.required", "reason.too_long"}},
	},
	{
		Method: post, Path: prefix + "/users/{id}/unblock", ID: "unblockUser", Summary: "Takes the block of a user back", For: managers,
		Answers: Answers{200: record("users")},
	},
	{
		Method: post, Path: prefix + "/users/{id}/approve", ID: "approveUser", Summary: "Lets a user send who waits for it", For: managers,
		Answers: Answers{200: record("users")},
	},
	{
		Method: post, Path: prefix + "/users/{id}/transactional_quota", ID: "grantTransactional", Summary: "Sets how many transactional e-mails a user may send a day",
		For: managers, Body: api.QuotaGrant{Quota: new(500)}, Needs: []string{"transactional_quota"},
		Answers: Answers{200: record("users")}, Errors: Errors{400: {"transactional_quota.out_of_range"}},
	},
	{
		Method: get, Path: prefix + "/senders", ID: "usableSenders", Summary: "The senders that you may send mailings with",
		Answers: Answers{200: api.Usable{
			Choice: sender.Choice{Senders: []sender.Sender{{ID: exampleID, Name: "News", FromEmail: "news@example.com", FromName: "News"}}, Default: true},
			States: map[string]string{exampleID: "ready"}, DefaultState: "ready", Quota: api.Quota{Limit: 500, Used: 120},
		}},
	},
}
