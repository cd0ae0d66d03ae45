package mockdirectory

import (
	"reflect"
	"testing"
	"time"
)

func TestMembersAreEncodedAsJSONDoes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 3, 4, 5, 6, 789_000_000, time.FixedZone("", 3600))
	for _, value := range []any{
		"plain", `back\slash and "quotes"`, "<script> & more", "Zoë Müller", "line\nbreak", "\x7f", "\u2028", "\xff", "o'neil#EXT#",
		new("pointer"), new(""), true, false, new(true), int32(-2147483648), new(int32(2147483647)), at, &at, at.UTC().Truncate(time.Second),
		[]string{"a", `b"`}, []AssignedLicense{{SkuID: new("x")}}, &PasswordProfile{}, DefaultUserRolePermissions{},
	} {
		v := reflect.ValueOf(value)
		want := marshal(value)
		if got := appendValue([]byte("x"), v); string(got) != "x"+string(want) {
			t.Errorf("%#v: %s, want %s", value, got[1:], want)
		}
	}
	for value, want := range map[any]string{"": "null", (*string)(nil): "null", (*time.Time)(nil): "null"} {
		if got := appendValue(nil, reflect.ValueOf(value)); string(got) != want {
			t.Errorf("%#v: %s, want %s", value, got, want)
		}
	}
	if got := appendValue(nil, reflect.ValueOf([]string(nil))); string(got) != "[]" {
		t.Errorf("no texts: %s", got)
	}
}
