package main

func Example() {
	main()
	// Output:
	// event     shop.visit {"name":"Ada","first":true}
	// rule      shop.greet_new_visitors
	// execution shop.greet succeeded {"result":"Welcome, Ada!"}
}
