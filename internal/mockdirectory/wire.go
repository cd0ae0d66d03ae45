package mockdirectory

import (
	"encoding/json"
	"reflect"
	"strconv"
	"time"
)

// appendValue encodes a field as Graph does: unset strings are null, unset collections empty. The kinds that users
// are made of are written without encoding/json, as lists hold very many of them.
func appendValue(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.String:
		if v.Len() == 0 {
			return append(b, "null"...)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			return append(b, "[]"...)
		}
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, "null"...)
		}
		v = v.Elem()
	default:
	}
	switch v.Kind() {
	case reflect.String:
		return appendText(b, v.String())
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int32:
		return strconv.AppendInt(b, v.Int(), 10)
	default:
	}
	if t, ok := reflect.TypeAssert[time.Time](v); ok {
		return append(t.AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
	}
	return append(b, marshal(v.Interface())...)
}

// appendText encodes a text.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if ch := text[i]; ch < ' ' || ch > '~' || ch == '"' || ch == '\\' {
			return append(b, marshal(text)...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

func quoted(text string) json.RawMessage { return appendText(make([]byte, 0, len(text)+2), text) }
