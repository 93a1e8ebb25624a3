package orquesta

// markCycles finds the nodes that can follow themselves: those of strongly
// connected components, by Tarjan's algorithm without recursion.
func (g *Graph) markCycles() {
	type frame struct {
		node *Node
		next int
	}
	order, low := map[*Node]int{}, map[*Node]int{}
	open := map[*Node]bool{}
	var path []*Node
	for _, root := range g.Nodes {
		if order[root] != 0 {
			continue
		}
		frames := []frame{{node: root}}
		for len(frames) > 0 {
			f := &frames[len(frames)-1]
			n := f.node
			if f.next == 0 {
				order[n] = len(order) + 1
				low[n] = order[n]
				open[n] = true
				path = append(path, n)
			}
			if f.next < len(n.Edges) {
				target := n.Edges[f.next].target
				f.next++
				switch {
				case target == n:
					n.Cyclic = true
				case order[target] == 0:
					frames = append(frames, frame{node: target})
				case open[target]:
					low[n] = min(low[n], order[target])
				}
				continue
			}
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				parent := frames[len(frames)-1].node
				low[parent] = min(low[parent], low[n])
			}
			if low[n] != order[n] {
				continue
			}
			component := 0
			for i := len(path) - 1; ; i-- {
				component++
				if path[i] == n {
					break
				}
			}
			members := path[len(path)-component:]
			path = path[:len(path)-component]
			for _, m := range members {
				open[m] = false
				m.Cyclic = m.Cyclic || component > 1
			}
		}
	}
}
