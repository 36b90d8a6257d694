package openapi

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/tools/types"
)

// direction is whether a schema is for what clients send or for what they get: what they get is complete.
type direction int

const (
	sent direction = iota
	got
)

// schemas makes schemas of Go types by reflection, as encoding/json writes them. Structs with a name become components.
type schemas struct {
	components object
	types      map[string]reflect.Type // of the components

	responseComponents object
	named              map[string]string // the names of these, by status and codes
	problems           map[int]int       // how many there are of a status
}

func newSchemas() *schemas {
	return &schemas{
		components: object{}, types: map[string]reflect.Type{},
		responseComponents: object{}, named: map[string]string{}, problems: map[int]int{},
	}
}

// dateTime is a time as PocketBase writes it; "" for none.
const dateTime = `^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?$`

var textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()

// known are the types that are not what reflection sees in them.
var known = map[reflect.Type]object{
	reflect.TypeFor[time.Time]():       {"type": "string", "format": "date-time"},
	reflect.TypeFor[types.DateTime]():  {"type": "string", "pattern": dateTime},
	reflect.TypeFor[types.JSONRaw]():   {},
	reflect.TypeFor[json.RawMessage](): {},
}

// of returns the schema of a type.
func (s *schemas) of(t reflect.Type, d direction) object {
	if schema, is := known[t]; is {
		return schema
	}
	if words, is := enums[t]; is {
		return object{"type": "string", "enum": words}
	}
	if t.Kind() != reflect.Pointer && t.Implements(textMarshaler) {
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nullable(s.of(t.Elem(), d))
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice, reflect.Array:
		return object{"type": "array", "items": s.of(t.Elem(), d)}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem(), d)}
	case reflect.Interface:
		return object{}
	case reflect.Struct:
		return s.ofStruct(t, d)
	}
	panic(fmt.Sprintf("openapi: JSON has nothing like %s", t))
}

// nullable is the schema, or null.
func nullable(schema object) object {
	if kind, ok := schema["type"].(string); ok && schema["enum"] == nil {
		other := object{}
		for key, value := range schema {
			other[key] = value
		}
		other["type"] = []string{kind, "null"}
		return other
	}
	return object{"anyOf": []object{schema, {"type": "null"}}}
}

// ofStruct returns the schema of a struct: a reference to the component if the struct has a name.
func (s *schemas) ofStruct(t reflect.Type, d direction) object {
	if t.Name() == "" {
		return s.fields(t, d)
	}
	name := componentName(t)
	if d == sent {
		name += "Input"
	}
	if other, has := s.types[name]; has && other != t {
		panic(fmt.Sprintf("openapi: %s and %s have the same name: rename one of them", t, other))
	}
	if _, has := s.types[name]; !has {
		s.types[name] = t
		s.components[name] = s.fields(t, d)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// componentName is the package and the name of a type: MailingDone of mailing.Done.
func componentName(t reflect.Type) string {
	path := t.PkgPath()
	of := path[strings.LastIndex(path, "/")+1:]
	return strings.ToUpper(of[:1]) + of[1:] + strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
}

// fields is the schema of the fields of a struct. What is sent may leave any out; what is got has all without omitempty.
func (s *schemas) fields(t reflect.Type, d direction) object {
	properties, required := object{}, []string{}
	s.addFields(t, d, properties, &required)
	schema := object{"type": "object", "properties": properties}
	if d == got && len(required) > 0 {
		slices.Sort(required)
		schema["required"] = required
	}
	return schema
}

func (s *schemas) addFields(t reflect.Type, d direction, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-" || !f.IsExported() && !f.Anonymous:
			continue
		case f.Anonymous && (!tagged || name == ""):
			s.addFields(f.Type, d, properties, required)
			continue
		case name == "":
			name = f.Name
		}
		properties[name] = described(s.of(f.Type, d), f.Tag)
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			*required = append(*required, name)
		}
	}
}

// described adds what the tags of a field say: doc, what it means, and enum, its words divided by commas. The words of a list
// are those of its elements.
func described(schema object, tag reflect.StructTag) object {
	doc, words := tag.Get("doc"), tag.Get("enum")
	if doc == "" && words == "" {
		return schema
	}
	other := object{}
	for key, value := range schema {
		other[key] = value
	}
	if doc != "" {
		other["description"] = doc
	}
	if words != "" {
		if items, is := other["items"].(object); is {
			other["items"] = object{"type": items["type"], "enum": strings.Split(words, ",")}
		} else {
			other["enum"] = strings.Split(words, ",")
		}
	}
	return other
}
