//! The gateway as its users meet it, over real sockets: the tests are the model and the client.

mod claims;
mod exchanges;
mod faults;
mod stage;

use stage as gateway;

claims::claims! { stage::Stage, stage::run }
