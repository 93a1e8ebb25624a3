package petrel

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"sync"
	"time"
)

// idSource makes record ids of 24 hexadecimal digits: seconds, a number drawn
// once per source, and a counter. Ids of one source sort by the time they were made.
type idSource struct {
	mu      sync.Mutex
	random  io.Reader
	seconds uint32
	prefix  [5]byte
	counter uint32
}

func newIDSource(random io.Reader) (*idSource, error) {
	s := &idSource{random: random}
	_, err := io.ReadFull(random, s.prefix[:])
	return s, err
}

// next returns a new id for a record made at the given time. The counter
// starts anew each second; a second that runs out of numbers borrows the next one.
func (s *idSource) next(now time.Time) string {
	s.mu.Lock()
	seconds := uint32(now.Unix())
	if seconds > s.seconds {
		s.seconds, s.counter = seconds, 0
	} else if s.counter >= 1<<24-1 {
		s.seconds, s.counter = s.seconds+1, 0
	}
	s.counter++
	seconds, counter := s.seconds, s.counter
	s.mu.Unlock()

	var id [12]byte
	binary.BigEndian.PutUint32(id[0:4], seconds)
	copy(id[4:9], s.prefix[:])
	id[9], id[10], id[11] = byte(counter>>16), byte(counter>>8), byte(counter)
	var text [24]byte
	hex.Encode(text[:], id[:])
	return string(text[:])
}

// stableID derives the id of registered content from its uid, so that the
// same rule has the same id after a restart.
func stableID(uid string) string {
	sum := sha256.Sum256([]byte(uid))
	return hex.EncodeToString(sum[:12])
}
