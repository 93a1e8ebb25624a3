// Package jsonpath is the JSONPath dialect that StackStorm uses to address
// payloads in criteria and in the function jsonpath_query: that of the Python
// library jsonpath-rw 1.4.
//
// A path is compiled once and may be used by any number of goroutines:
//
//	$  .name  ..name  *  ['name']  "quoted"  [3]  [-1]  [1:3]  [*]
//	a,b  (p)|(q)  p where q  `this`  `parent`  ( )
//
// There are no filters, no lists of indices and no slice steps. The leading $
// may be left out.
package jsonpath
