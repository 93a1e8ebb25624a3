package petrel

import "sync"

// documentMemory knows which documents the store has, so that each is written
// once and not with every execution.
type documentMemory struct {
	stored sync.Map // digest to struct{}
}

// unknown returns those of the documents that may not be stored yet.
func (m *documentMemory) unknown(documents []Document) []Document {
	var list []Document
	for _, d := range documents {
		if _, known := m.stored.Load(d.Digest); !known {
			list = append(list, d)
		}
	}
	return list
}

// remember notes documents that a commit has stored.
func (m *documentMemory) remember(documents []Document) {
	for _, d := range documents {
		if _, known := m.stored.Load(d.Digest); !known {
			m.stored.Store(d.Digest, struct{}{})
		}
	}
}
