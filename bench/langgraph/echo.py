"""An agent that repeats what it hears."""

from langchain_core.messages import AIMessage
from langgraph.graph import END, START, MessagesState, StateGraph


def answer(state: MessagesState):
    return {"messages": [AIMessage(content=state["messages"][-1].content)]}


builder = StateGraph(MessagesState)
builder.add_node("agent", answer)
builder.add_edge(START, "agent")
builder.add_edge("agent", END)
graph = builder.compile()
