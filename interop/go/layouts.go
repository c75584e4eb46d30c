package main

import (
	"fmt"
	"reflect"
	"strings"
)

// The records of ../vectors/layouts.yml as this compiler lays them out. A peer in another language that maps the same memory has to agree
// with every number here. Go promises the order of the fields and the alignment of their types, and that is also C's layout.

type mixed struct {
	a uint8
	b uint32
	c uint8
	d float64
	e int16
}

// Go has no packed records. Fields that are arrays of bytes have no alignment; read them with encoding/binary and math.Float64frombits.
type mixedPacked struct {
	a uint8
	b [4]byte
	c uint8
	d [8]byte
	e [2]byte
}

type arrays struct {
	tag    [3]uint8
	values [2]uint32
	name   [5]uint8
}

type bools struct {
	first  bool
	count  int32
	second bool
	third  bool
}

type point struct{ x, y float32 }

type nested struct {
	id       uint8
	position point
	detail   mixed
	last     uint8
}

var records = map[string]any{
	"mixed": mixed{}, "mixed-packed": mixedPacked{}, "arrays": arrays{}, "bools": bools{}, "point": point{}, "nested": nested{},
}

// layoutOf answers the verb layout. The numbers are those that unsafe.Sizeof, unsafe.Alignof and unsafe.Offsetof give.
func layoutOf(name string) (string, error) {
	record, isKnown := records[name]
	if !isKnown {
		return "", fail("unsupported", "there is no record %q here; interop/vectors/layouts.yml lists them", name)
	}
	layout := reflect.TypeOf(record)
	var offsets []string
	for index := 0; index < layout.NumField(); index++ {
		field := layout.Field(index)
		offsets = append(offsets, fmt.Sprintf("%s:%d", field.Name, field.Offset))
	}
	return fmt.Sprintf("size=%d alignment=%d offsets=%s", layout.Size(), layout.Align(), strings.Join(offsets, ",")), nil
}
