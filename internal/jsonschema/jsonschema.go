// Package jsonschema makes JSON Schemas (draft 2020-12) of Go types by reflection, as encoding/json writes them.
package jsonschema

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Object is a JSON object.
type Object = map[string]any

// Direction is whether a schema is for what clients send or for what they get: what they get is complete.
type Direction int

// The directions.
const (
	Sent Direction = iota
	Got
)

// Maker makes schemas. Structs with a name become components.
type Maker struct {
	Components Object
	known      map[reflect.Type]Object
	types      map[string]reflect.Type // of the components
}

// New returns a maker. known are the schemas of types in which reflection does not see what they are, or which words they have.
func New(known map[reflect.Type]Object) *Maker {
	return &Maker{Components: Object{}, known: known, types: map[string]reflect.Type{}}
}

var textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()

// Of returns the schema of a type.
func (m *Maker) Of(t reflect.Type, d Direction) Object {
	if schema, is := m.known[t]; is {
		return schema
	}
	if t.Kind() != reflect.Pointer && t.Implements(textMarshaler) {
		return Object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nullable(m.Of(t.Elem(), d))
	case reflect.String:
		return Object{"type": "string"}
	case reflect.Bool:
		return Object{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return Object{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return Object{"type": "number"}
	case reflect.Slice, reflect.Array:
		return Object{"type": "array", "items": m.Of(t.Elem(), d)}
	case reflect.Map:
		return Object{"type": "object", "additionalProperties": m.Of(t.Elem(), d)}
	case reflect.Interface:
		return Object{}
	case reflect.Struct:
		return m.ofStruct(t, d)
	}
	panic(fmt.Sprintf("jsonschema: JSON has nothing like %s", t))
}

// nullable is the schema, or null.
func nullable(schema Object) Object {
	if kind, ok := schema["type"].(string); ok && schema["enum"] == nil {
		other := maps.Clone(schema)
		other["type"] = []string{kind, "null"}
		return other
	}
	return Object{"anyOf": []Object{schema, {"type": "null"}}}
}

// ofStruct returns the schema of a struct: a reference to the component if the struct has a name.
func (m *Maker) ofStruct(t reflect.Type, d Direction) Object {
	if t.Name() == "" {
		return m.fields(t, d)
	}
	name := componentName(t)
	if d == Sent {
		name += "Input"
	}
	if other, has := m.types[name]; has && other != t {
		panic(fmt.Sprintf("jsonschema: %s and %s have the same name: rename one of them", t, other))
	}
	if _, has := m.types[name]; !has {
		m.types[name] = t
		m.Components[name] = m.fields(t, d)
	}
	return Object{"$ref": "#/components/schemas/" + name}
}

// componentName is the package and the name of a type: MailingDone of mailing.Done.
func componentName(t reflect.Type) string {
	path := t.PkgPath()
	of := path[strings.LastIndex(path, "/")+1:]
	return strings.ToUpper(of[:1]) + of[1:] + strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
}

// fields is the schema of the fields of a struct. What is sent may leave any out; what is got has all without omitempty.
func (m *Maker) fields(t reflect.Type, d Direction) Object {
	properties, required := Object{}, []string{}
	m.addFields(t, d, properties, &required)
	schema := Object{"type": "object", "properties": properties}
	if d == Got && len(required) > 0 {
		slices.Sort(required)
		schema["required"] = required
	}
	return schema
}

func (m *Maker) addFields(t reflect.Type, d Direction, properties Object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-" || !f.IsExported() && !f.Anonymous:
			continue
		case f.Anonymous && (!tagged || name == ""):
			m.addFields(f.Type, d, properties, required)
			continue
		case name == "":
			name = f.Name
		}
		properties[name] = described(m.Of(f.Type, d), f.Tag)
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			*required = append(*required, name)
		}
	}
}

// described adds what the tags of a field say: doc, what it means, and enum, its words divided by commas. The words of a list
// are those of its elements.
func described(schema Object, tag reflect.StructTag) Object {
	doc, words := tag.Get("doc"), tag.Get("enum")
	if doc == "" && words == "" {
		return schema
	}
	other := maps.Clone(schema)
	if doc != "" {
		other["description"] = doc
	}
	if words != "" {
		if items, is := other["items"].(Object); is {
			other["items"] = Object{"type": items["type"], "enum": strings.Split(words, ",")}
		} else {
			other["enum"] = strings.Split(words, ",")
		}
	}
	return other
}
