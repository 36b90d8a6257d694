package openapi

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gonets/hooks/tokens"
)

// operation is the description of a route.
func (s *schemas) operation(r Route) object {
	op := object{
		"operationId": r.ID, "summary": r.Summary, "tags": []string{tagOf(r.Path)},
		"responses": s.responses(r), "security": security(r),
	}
	if text := forWhom(r); text != "" {
		op["description"] = text
	}
	if params := parameters(r); len(params) > 0 {
		op["parameters"] = params
	}
	if body := s.requestBody(r); body != nil {
		op["requestBody"] = body
	}
	return op
}

// tagOf groups routes by what they are about.
func tagOf(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/api/"), "/")
	switch {
	case parts[0] == "collections":
		return parts[1]
	case parts[0] != "gonets":
		return "public"
	}
	switch name, _, _ := strings.Cut(parts[1], "."); name {
	case "imports", "audience", "lists", "clients":
		return "clients"
	case "home", "statistics":
		return "statistics"
	case "instance", "ready", "health", "backups", "openapi":
		return "instance"
	default:
		return name
	}
}

// forWhom says who may use the route, and which scope a token needs.
func forWhom(r Route) string {
	var text []string
	switch r.For {
	case managers:
		text = append(text, "For managers and superusers.")
	case superusers:
		text = append(text, "For superusers.")
	}
	if scope, ok := scopeOf(r); ok && scope != "" {
		text = append(text, fmt.Sprintf("A token needs the scope `%s`.", scope))
	} else if !ok && r.For != guests {
		text = append(text, "Not for tokens of programs.")
	}
	return strings.Join(text, " ")
}

var placeholder = regexp.MustCompile(`\{(\w+)(?:\.\.\.)?\}`)

// scopeOf is the scope that a token needs for the route; ok is false if the route is not for tokens.
func scopeOf(r Route) (scope string, ok bool) {
	needs, ok := tokens.ScopeOf(r.Method, placeholder.ReplaceAllString(r.Path, "x"))
	return string(needs), ok
}

// security are the ways to sign in for the route.
func security(r Route) []object {
	ways := []object{{"session": []string{}}}
	if scope, ok := scopeOf(r); ok {
		scopes := []string{}
		if scope != "" {
			scopes = append(scopes, scope)
		}
		ways = append(ways, object{"token": scopes})
	}
	if r.For == guests {
		ways = append(ways, object{})
	}
	return ways
}

func parameters(r Route) (all []object) {
	for _, found := range placeholder.FindAllStringSubmatch(r.Path, -1) {
		all = append(all, object{"name": found[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for in, params := range map[string][]Param{"query": r.Query, "header": r.Headers} {
		for _, p := range params {
			param := object{"name": p.Name, "in": in, "description": p.Doc, "schema": p.Schema}
			if p.Required {
				param["required"] = true
			}
			all = append(all, param)
		}
	}
	slices.SortStableFunc(all, func(a, b object) int { return strings.Compare(b["in"].(string), a["in"].(string)) })
	return all
}

func (s *schemas) requestBody(r Route) object {
	if len(r.Form) > 0 {
		properties, required := object{}, []string{}
		for _, p := range r.Form {
			property := object{"description": p.Doc}
			for key, value := range p.Schema {
				property[key] = value
			}
			properties[p.Name] = property
			if p.Required {
				required = append(required, p.Name)
			}
		}
		schema := object{"type": "object", "properties": properties, "required": required}
		return object{"required": true, "content": object{"multipart/form-data": object{"schema": schema}}}
	}
	if r.Body == nil {
		return nil
	}
	body := object{"content": object{"application/json": object{"schema": s.input(r), "example": r.Body}}}
	if len(r.Needs) > 0 {
		body["required"] = true
	}
	return body
}

// input is the schema of the body of a request.
func (s *schemas) input(r Route) object {
	if schema, is := r.Body.(sample); is {
		return schema.schema
	}
	schema := s.Of(reflect.TypeOf(r.Body), sent)
	if len(r.Needs) == 0 {
		return schema
	}
	return object{"allOf": []object{schema, {"type": "object", "required": r.Needs}}}
}

// responses are the answers and errors of the route.
func (s *schemas) responses(r Route) object {
	all := object{}
	for status, answer := range r.Answers {
		response := object{"description": http.StatusText(status)}
		switch a := answer.(type) {
		case nil:
		case file:
			response["content"] = contentOf(string(a))
		case files:
			response["content"] = contentOf(a...)
		default:
			response["content"] = r.orPage(object{"application/json": s.media(answer)})
		}
		all[fmt.Sprint(status)] = response
	}
	if r.Revalidated {
		all["304"] = object{"description": "The client has this answer already: If-None-Match names its ETag"}
	}
	errors := r.Errors.with(common(r))
	for _, status := range slices.Sorted(maps.Keys(errors)) {
		codes := errors[status]
		if r.Both {
			problem := newProblem(status, codes)
			problem["content"] = r.orPage(problem["content"].(object))
			all[fmt.Sprint(status)] = problem
		} else if strings.HasPrefix(r.Path, "/api/") || strings.HasPrefix(r.Path, "/hooks/") {
			all[fmt.Sprint(status)] = s.problem(status, codes)
		} else {
			all[fmt.Sprint(status)] = problemPage(status)
		}
	}
	return all
}

// orPage adds a page to the JSON of a route that has both.
func (r Route) orPage(content object) object {
	if r.Both {
		maps.Copy(content, contentOf(string(page)))
	}
	return content
}

// contentOf are answers that are no JSON.
func contentOf(mediaTypes ...string) object {
	content := object{}
	for _, name := range mediaTypes {
		content[name] = object{"schema": object{"type": "string"}}
	}
	return content
}

// media is an answer in JSON: its schema and its example.
func (s *schemas) media(answer any) object {
	switch a := answer.(type) {
	case record:
		return object{"schema": recordRef(string(a))}
	case recordPage:
		return object{"schema": recordPageRef(string(a))}
	case oneOf:
		var any []object
		examples := object{}
		for i, one := range a {
			any = append(any, s.Of(reflect.TypeOf(one), got))
			examples[fmt.Sprintf("answer%d", i+1)] = object{"value": one}
		}
		return object{"schema": object{"anyOf": any}, "examples": examples}
	}
	return object{"schema": s.Of(reflect.TypeOf(answer), got), "example": answer}
}
