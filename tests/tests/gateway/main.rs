//! The gateway as its users meet it, over real sockets: the tests are the model and the client.

mod exchanges;
mod faults;
mod stage;
