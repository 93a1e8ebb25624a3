// Package pyyaml reads and writes YAML 1.1 as PyYAML's safe loader and dumper
// do, which is what StackStorm's packs are written for: yes and on are booleans,
// 010 is 8, 12:30:45 is 45045, 1e3 is a text, 2020-01-01 is a date.
//
// Mappings keep their order. A [Document] knows where every value stands, so
// that whoever checks it can say so.
package pyyaml
